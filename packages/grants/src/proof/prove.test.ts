import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parseGrants } from '../grants.js'
import { ProofError, prove } from './index.js'

/** `[effect, action, resource]`, with resources without the common head of the ARN; or a complete statement. */
type Row = readonly [string, string | readonly string[], string | readonly string[]] | Readonly<Record<string, unknown>>

interface Case {
  readonly name: string
  readonly grants: unknown
  readonly role?: readonly Row[]
  readonly session: readonly Row[]
  readonly finds?: object
  readonly error?: string
  readonly usesWildTypes?: boolean
}

const cases = JSON.parse(
  readFileSync(new URL('../../src/proof/prove.cases.json', import.meta.url), 'utf8'),
) as readonly Case[]

const head = 'arn:aws:iot:eu-west-1:123456789012:'
const types = ['client', 'topic', 'topicfilter']
/** The statements of every topic role. */
const usualRole: readonly Row[] = [
  ['Allow', 'iot:*', '*'],
  ['Deny', '*', types.flatMap((type) => types.map((reserved) => `${type}/*:${reserved}/*`))],
  ['Deny', 'iot:Connect', ['client/*#*', 'client/*+*']],
  { Effect: 'Deny', Action: '*', NotResource: `${head}*` },
]

function document(rows: readonly Row[]) {
  const arn = (resource: string) => (/^(arn:|\*$)/u.test(resource) ? resource : head + resource)
  return {
    Version: '2012-10-17',
    Statement: rows.map((row) => {
      if (!Array.isArray(row)) return row
      const [Effect, Action, Resource] = row as readonly [string, string, string | readonly string[]]
      return { Effect, Action, Resource: typeof Resource === 'string' ? arn(Resource) : Resource.map(arn) }
    }),
  }
}

describe('prove', () => {
  it.each(cases)('$name', ({ grants, role = usualRole, session, finds, error, usesWildTypes = false }) => {
    const proof = () =>
      prove({ role: document(role), session: JSON.stringify(document(session)) }, parseGrants(grants), 'alice')
    if (error !== undefined) {
      expect(proof).toThrow(ProofError)
      expect(proof).toThrow(error)
      return
    }
    expect(proof()).toMatchObject(finds ? { equal: false, ...finds } : { equal: true, usesWildTypes })
  })

  it('stops at the limit and reports it', () => {
    const session = document([['Allow', 'iot:Connect', 'client/alice:*']])
    const policies = { role: document(usualRole), session }
    const whole = prove(policies, parseGrants({}), 'alice')
    expect(whole).toMatchObject({ equal: true })
    expect(prove(policies, parseGrants({}), 'alice', { limit: whole.states })).toEqual(whole)
    expect(prove(policies, parseGrants({}), 'alice', { limit: 20 })).toEqual({
      undecided: true,
      states: expect.any(Number),
    })
  })

  it('proves for the given partition, Region and account', () => {
    const policies = (region: string) => ({
      role: JSON.parse(JSON.stringify(document(usualRole)).replaceAll('eu-west-1', region)),
      session: document([['Allow', 'iot:Connect', 'client/alice:*']]),
    })
    expect(prove(policies('eu-west-1'), parseGrants({}), 'alice')).toMatchObject({ equal: true })
    expect(prove(policies('us-east-1'), parseGrants({}), 'alice')).toMatchObject({ name: 'alice:', granted: true })
    expect(prove(policies('eu-west-1'), parseGrants({}), 'alice', { region: 'us-east-1' })).toMatchObject({
      name: 'alice:',
      granted: true,
    })
  })

  it.each(['', '[]', '{', '{"Version":"2008-10-17","Statement":[]}'])('refuses the document %j', (session) => {
    expect(() => prove({ role: document(usualRole), session }, parseGrants({}), 'alice')).toThrow(ProofError)
  })
})
