import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../../clock.js'
import { authorize, Directory } from '../index.js'
import { isWildInType } from './type-wildcards.js'

describe('isWildInType', () => {
  it.each([
    'arn:aws:iot:eu-west-1:123456789012:*/a',
    'arn:aws:iot:*:*:*/a/b',
    'arn:aws:iot:*:*:topi?/a',
    'arn:aws:*:*:*:topic*/a',
    'arn:aws:iot:*:*:*/*/*/*',
  ])('%s', (pattern) => expect(isWildInType(pattern)).toBe(true))

  it.each([
    '*',
    'arn:aws:iot:*:*:topic/*',
    'arn:aws:iot:*:*:client/alice:*',
    'arn:aws:iot:eu-west-1:123456789012:*',
    'arn:aws:iot:*:*:${*}/a',
    'arn:aws:s3:::cdk-*/*',
    'arn:aws:execute-api:eu-west-1:123456789012:*/*/POST/credentials',
  ])('not %s', (pattern) => expect(isWildInType(pattern)).toBe(false))
})

describe('a session policy', () => {
  const here = 'arn:aws:iot:eu-west-1:123456789012'
  const statement = (Effect: string, Resource: string) => ({ Effect, Action: 'iot:Publish', Resource })
  const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement })

  function mayPublish(typeWildcards: 'match' | 'never' | undefined, ...statements: object[]): boolean {
    const directory = new Directory({ accountId: '123456789012', clock: systemClock, typeWildcards })
    const role = directory.createRole({
      roleName: 'topics',
      trustPolicy: document({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }),
      inlinePolicies: { all: document({ Effect: 'Allow', Action: 'iot:*', Resource: '*' }) },
    })
    const sessionPolicy = JSON.stringify(document(...statements))
    const { principal } = directory.addSession({ role, sessionName: 'alice', sessionPolicy, durationSeconds: 900 })
    const asked = { action: 'iot:Publish', resource: `${here}:topic/a` }
    return authorize(principal, asked).outcome === 'Allowed'
  }

  it.each([
    [undefined, `${here}:topic/a`, true],
    ['never', `${here}:topic/a`, true],
    [undefined, 'arn:aws:iot:*:*:*/a', true],
    ['match', 'arn:aws:iot:*:*:*/a', true],
    ['never', 'arn:aws:iot:*:*:*/a', false],
    ['never', '*', true],
  ] as const)('with the reading %s and %s', (reading, resource, expected) =>
    expect(mayPublish(reading, statement('Allow', resource))).toBe(expected),
  )

  it('denies no more by such a wildcard than it allows', () => {
    const statements = [statement('Allow', `${here}:topic/a`), statement('Deny', 'arn:aws:iot:*:*:*/a')]
    expect(mayPublish('match', ...statements)).toBe(false)
    expect(mayPublish('never', ...statements)).toBe(true)
  })
})
