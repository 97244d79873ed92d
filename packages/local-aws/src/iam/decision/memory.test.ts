import { beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { authorize, type Decision, DecisionMemory, Directory, type Principal } from '../index.js'

const clock = { at: Date.parse('2026-01-01T00:00:00Z'), now: () => clock.at }
const context = { 'iot:ClientId': 'alice:1' }
const trust = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }
function policy(...Statement: object[]) {
  return { Version: '2012-10-17', Statement }
}
function allow(Resource: string, more: object = {}) {
  return { Effect: 'Allow', Action: 'iot:Publish', Resource, ...more }
}
function arn(topic: string) {
  return `arn:aws:iot:eu-west-1:123456789012:topic/${topic}`
}
const everywhere = 'arn:aws:iot:*:*:topic/*'

function memoryOf(principal: Principal) {
  return new DecisionMemory<string, Decision>({
    principal,
    context,
    request: (action, resource) => ({ action, resource }),
    ruling: (_, decision) => decision,
  })
}

let directory: Directory
beforeEach(() => {
  directory = new Directory({ accountId: '123456789012', clock })
})
function session(inline: object, sessionPolicy?: object): Principal {
  const role = directory.createRole({ roleName: 'r', trustPolicy: policy(trust), inlinePolicies: { p: inline } })
  const limits = sessionPolicy && { sessionPolicy }
  return directory.addSession({ role, sessionName: 'alice', durationSeconds: 3600, ...limits }).principal
}

describe('a decision is not remembered beyond', () => {
  it('a change of the role policy, a new one, its removal, and the end of the role', () => {
    const memory = memoryOf(session(policy(allow(arn('a')))))
    const may = () => memory.decide('iot:Publish', arn('a')).outcome
    expect([may(), may()]).toEqual(['Allowed', 'Allowed'])
    directory.putRolePolicy('r', 'p', policy(allow(arn('b'))))
    expect(may()).toBe('ImplicitlyDenied')
    directory.putRolePolicy('r', 'p', policy(allow(arn('a'))))
    expect(may()).toBe('Allowed')
    directory.putRolePolicy('r', 'no', policy({ Effect: 'Deny', Action: '*', Resource: '*' }))
    expect(may()).toBe('ExplicitlyDenied')
    directory.deleteRolePolicy('r', 'no')
    expect(may()).toBe('Allowed')
    directory.deleteRole('r')
    expect(may()).toBe('ImplicitlyDenied')
  })

  it('a permissions boundary that is set, and managed policies that come and go', () => {
    const memory = memoryOf(session(policy(allow(everywhere))))
    const may = () => memory.decide('iot:Publish', arn('a')).outcome
    const role = directory.role('r')
    if (role === undefined) throw new Error('The role is there.')
    expect(may()).toBe('Allowed')
    role.permissionsBoundary = directory.createPolicy('narrow', policy(allow(arn('b'))))
    expect(may()).toBe('ImplicitlyDenied')
    role.permissionsBoundary = undefined
    expect(may()).toBe('Allowed')
    const no = policy({ Effect: 'Deny', Action: 'iot:*', Resource: '*' })
    role.managedPolicyArns = [directory.createPolicy('deny', no)]
    expect(may()).toBe('ExplicitlyDenied')
  })

  it('other tags of a user', () => {
    const tagged = allow(arn('a'), { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue' } } })
    const { user, accessKey } = directory.createUser('bob', { p: policy(tagged) }, { team: 'blue' })
    const memory = memoryOf(accessKey.principal)
    expect(memory.decide('iot:Publish', arn('a')).outcome).toBe('Allowed')
    user.tags = { team: 'red' }
    expect(memory.decide('iot:Publish', arn('a')).outcome).toBe('ImplicitlyDenied')
  })

  it.each([
    [
      'in a condition',
      allow(everywhere, { Condition: { DateLessThan: { 'aws:CurrentTime': '2026-01-02T00:00:00Z' } } }),
    ],
    ['in seconds', allow(everywhere, { Condition: { NumericLessThan: { 'aws:EpochTime': '1767312000' } } })],
  ])('the time that it depends on, %s', (_, statement) => {
    clock.at = Date.parse('2026-01-01T00:00:00Z')
    const memory = memoryOf(session(policy(statement)))
    const may = () => memory.decide('iot:Publish', arn('a')).outcome
    expect([may(), may()]).toEqual(['Allowed', 'Allowed'])
    clock.at = Date.parse('2026-01-02T00:00:00Z')
    expect(may()).toBe('ImplicitlyDenied')
  })
})

it('decides as without a memory, whatever is asked and changed in between', () => {
  const resource = fc.constantFrom('a', 'b', '*', '${iot:ClientId}', '${aws:CurrentTime}').map(arn)
  const effect = fc.constantFrom('Allow', 'Deny')
  const condition = fc.constantFrom(
    {},
    { Condition: { DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:05Z' } } },
    { Condition: { StringEquals: { 'iot:ClientId': 'alice:1' } } },
  )
  const statement = fc.tuple(effect, resource, condition).map(([Effect, Resource, more]) => ({
    ...{ Effect, Action: 'iot:*', Resource },
    ...more,
  }))
  const document = fc.array(statement, { minLength: 1, maxLength: 3 }).map((all) => policy(...all))
  const ask = fc.tuple(fc.constantFrom('iot:Publish', 'iot:Receive'), fc.constantFrom('a', 'b', 'c').map(arn))
  const step = fc.oneof(
    { weight: 6, arbitrary: ask.map((asked) => ({ asked })) },
    fc.tuple(fc.constantFrom('p', 'q'), document).map((put) => ({ put })),
    fc.constant({ passes: 1000 }),
  )
  let names = 0
  const property = fc.property(document, document, fc.array(step, { minLength: 5, maxLength: 30 }), (...given) => {
    const [inline, limits, steps] = given
    clock.at = Date.parse('2026-01-01T00:00:00Z')
    names += 1
    const role = directory.createRole({
      ...{ roleName: `r${names}`, trustPolicy: policy(trust), inlinePolicies: { p: inline } },
    })
    const settings = { role, sessionName: 'alice', sessionPolicy: limits, durationSeconds: 3600 }
    const { principal } = directory.addSession(settings)
    const memory = memoryOf(principal)
    for (const one of steps) {
      if ('put' in one) {
        directory.putRolePolicy(role.roleName, ...one.put)
      } else if ('passes' in one) {
        clock.at += one.passes
      } else {
        const [action, name] = one.asked
        expect(memory.decide(action, name)).toEqual(authorize(principal, { action, resource: name, context }))
      }
    }
  })
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fffffff)
  fc.assert(property, { seed, numRuns: 300 })
})
