import { describe, expect, it } from '@jest/globals'
import {
  type AccessKey,
  authorize,
  Directory,
  EntityAlreadyExistsError,
  LimitExceededError,
  MalformedPolicyDocumentError,
  NoSuchEntityError,
  ValidationError,
} from '../index.js'

const accountId = '123456789012'
function policy(...Statement: object[]) {
  return { Version: '2012-10-17', Statement }
}
function allow(Action: string, Resource = '*') {
  return { Effect: 'Allow', Action, Resource }
}
const trust = policy({ Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' })

function account() {
  const clock = { time: Date.parse('2026-03-04T05:06:07.890Z'), now: () => clock.time }
  const directory = new Directory({ accountId, clock })
  return { directory, clock }
}

function outcome({ principal }: AccessKey, action: string) {
  return authorize(principal, { action, resource: '*' }).outcome
}

describe('a role', () => {
  it('is found by name and by ARN, with its path', () => {
    const { directory } = account()
    const role = directory.createRole({ roleName: 'r', path: '/team/', trustPolicy: trust })
    expect(role.arn).toBe('arn:aws:iam::123456789012:role/team/r')
    expect(role.roleId).toMatch(/^AROA[A-Z2-7]{17}$/u)
    expect(directory.role('r')).toBe(role)
    expect(directory.role(role.arn)).toBe(role)
    expect(directory.role('arn:aws:iam::123456789012:role/r')).toBeUndefined()
    expect(directory.role('arn:aws:iam::210987654321:role/team/r')).toBeUndefined()
  })

  it('changes under its live sessions', () => {
    const { directory } = account()
    const role = directory.createRole({ roleName: 'r', trustPolicy: trust })
    const session = directory.addSession({ role, sessionName: 'alice', durationSeconds: 900 })
    expect(outcome(session, 'iot:Publish')).toBe('ImplicitlyDenied')
    directory.putRolePolicy('r', 'p', policy(allow('iot:*')))
    expect(outcome(session, 'iot:Publish')).toBe('Allowed')
    directory.putRolePolicy('r', 'p', policy(allow('iot:Receive')))
    expect(outcome(session, 'iot:Publish')).toBe('ImplicitlyDenied')
    directory.putRolePolicy('r', 'q', policy({ ...allow('iot:Receive'), Effect: 'Deny' }))
    expect(outcome(session, 'iot:Receive')).toBe('ExplicitlyDenied')
    directory.deleteRolePolicy('r', 'q')
    expect(outcome(session, 'iot:Receive')).toBe('Allowed')
    directory.deleteRole('r')
    expect(outcome(session, 'iot:Receive')).toBe('ImplicitlyDenied')
    directory.createRole({ roleName: 'r', trustPolicy: trust, inlinePolicies: { p: policy(allow('iot:*')) } })
    expect(outcome(session, 'iot:Receive')).toBe('ImplicitlyDenied')
  })

  it('lends its tags to its sessions, whose own tags come first', () => {
    const { directory } = account()
    const tagged = (team: string) => ({
      Version: '2012-10-17',
      Statement: { ...allow('iot:*'), Condition: { StringEquals: { 'aws:PrincipalTag/team': team } } },
    })
    const role = directory.createRole({
      roleName: 'r',
      trustPolicy: trust,
      tags: { team: 'red' },
      inlinePolicies: { p: tagged('red') },
    })
    const session = (tags = {}) => directory.addSession({ role, sessionName: 'alice', durationSeconds: 900, tags })
    expect(outcome(session(), 'iot:Publish')).toBe('Allowed')
    expect(outcome(session({ other: 'x' }), 'iot:Publish')).toBe('Allowed')
    expect(outcome(session({ team: 'blue' }), 'iot:Publish')).toBe('ImplicitlyDenied')
  })

  it('takes managed policies of AWS and of the account, and a boundary', () => {
    const { directory } = account()
    const boundary = directory.createPolicy('limit', policy(allow('iot:Publish'), allow('logs:*')))
    const role = directory.createRole({
      roleName: 'r',
      trustPolicy: trust,
      managedPolicyArns: ['arn:aws:iam::aws:policy/AWSIoTFullAccess'],
      permissionsBoundary: boundary,
    })
    const session = directory.addSession({ role, sessionName: 'alice', durationSeconds: 900 })
    expect(outcome(session, 'iot:Publish')).toBe('Allowed')
    expect(authorize(session.principal, { action: 'iot:Receive', resource: '*' })).toEqual({
      outcome: 'ImplicitlyDenied',
      policy: 'permissions boundary: managed policy limit',
      reason: 'no statement in permissions boundary: managed policy limit allows iot:Receive on *',
    })
    expect(outcome(session, 'logs:PutLogEvents')).toBe('ImplicitlyDenied')
  })

  it('is refused with a broken document, an unknown policy or a taken name', () => {
    const { directory } = account()
    const create = (settings: object) => () => directory.createRole({ roleName: 'r', trustPolicy: trust, ...settings })
    expect(create({ trustPolicy: policy(allow('sts:*')) })).toThrow(MalformedPolicyDocumentError)
    expect(create({ inlinePolicies: { p: trust } })).toThrow(MalformedPolicyDocumentError)
    const arn = 'arn:aws:iam::aws:policy/Unknown'
    expect(create({ managedPolicyArns: [arn] })).toThrow(NoSuchEntityError)
    expect(create({ permissionsBoundary: arn })).toThrow(`Policy ${arn} does not exist or is not attachable.`)
    expect(directory.role('r')).toBeUndefined()
    create({})()
    expect(create({})).toThrow(EntityAlreadyExistsError)
    expect(() => directory.putRolePolicy('r', 'p', '{}')).toThrow(MalformedPolicyDocumentError)
    expect(() => directory.putRolePolicy('s', 'p', policy(allow('iot:*')))).toThrow(NoSuchEntityError)
    expect(() => directory.deleteRolePolicy('r', 'p')).toThrow(NoSuchEntityError)
  })
})

describe('quotas', () => {
  const sized = (document: object, characters: number) => {
    const padding = 'x'.repeat(characters - JSON.stringify({ ...document, Id: '' }).length)
    return { ...document, Id: padding }
  }
  const wide = policy(allow('iot:*'))

  it('2,048 characters of trust policy', () => {
    const { directory } = account()
    const create = (roleName: string, trustPolicy: unknown) => () => directory.createRole({ roleName, trustPolicy })
    expect(create('a', JSON.stringify(sized(trust, 2048), null, 8))).not.toThrow()
    expect(create('b', sized(trust, 2049))).toThrow(
      new LimitExceededError('Cannot exceed quota for ACLSizePerRole: 2048'),
    )
    const update = () => directory.updateAssumeRolePolicy('a', sized(trust, 2049))
    expect(update).toThrow(LimitExceededError)
  })

  it('10,240 characters of inline policies per role, 2,048 per user', () => {
    const { directory } = account()
    const inlinePolicies = { a: sized(wide, 5120), b: sized(wide, 5120) }
    directory.createRole({ roleName: 'r', trustPolicy: trust, inlinePolicies })
    const message = 'Maximum policy size of 10240 bytes exceeded for role r'
    expect(() => directory.putRolePolicy('r', 'c', wide)).toThrow(new LimitExceededError(message))
    expect(() => directory.putRolePolicy('r', 'a', sized(wide, 5121))).toThrow(LimitExceededError)
    expect(() => directory.putRolePolicy('r', 'a', wide)).not.toThrow()
    expect(() => directory.createUser('u', { a: sized(wide, 2048) })).not.toThrow()
    expect(() => directory.createUser('v', { a: sized(wide, 2049) })).toThrow(LimitExceededError)
  })

  it('6,144 characters of managed policy, ten of them per role', () => {
    const { directory } = account()
    expect(() => directory.createPolicy('a', sized(wide, 6144))).not.toThrow()
    expect(() => directory.createPolicy('b', sized(wide, 6145))).toThrow(LimitExceededError)
    const managedPolicyArns = Array.from({ length: 11 }, (_, index) => directory.createPolicy(`p${index}`, wide))
    const create = (arns: string[]) => () =>
      directory.createRole({ roleName: 'r', trustPolicy: trust, managedPolicyArns: arns })
    expect(create(managedPolicyArns)).toThrow(new LimitExceededError('Cannot exceed quota for PoliciesPerRole: 10'))
    expect(create(managedPolicyArns.slice(1))).not.toThrow()
  })

  it('names and durations within IAM’s limits', () => {
    const { directory } = account()
    for (const roleName of ['', 'a/b', 'a b', 'ä', 'a\n', 'x'.repeat(65)]) {
      expect(() => directory.createRole({ roleName, trustPolicy: trust })).toThrow(ValidationError)
      expect(() => directory.createUser(roleName)).toThrow(ValidationError)
    }
    for (const maxSessionDuration of [3599, 43_201]) {
      expect(() => directory.createRole({ roleName: 'r', trustPolicy: trust, maxSessionDuration })).toThrow(
        ValidationError,
      )
    }
    expect(() =>
      directory.createRole({ roleName: 'x'.repeat(64), trustPolicy: trust, maxSessionDuration: 43_200 }),
    ).not.toThrow()
  })
})

describe('access keys', () => {
  it('of users are for good, of sessions for a time', () => {
    const { directory, clock } = account()
    const { user, accessKey } = directory.createUser('dev', { p: policy(allow('execute-api:Invoke')) })
    expect(accessKey).toMatchObject({ principal: { type: 'User', arn: user.arn, userId: user.userId } })
    expect(accessKey.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/u)
    expect(accessKey.secretAccessKey).toHaveLength(40)
    expect(accessKey.sessionToken).toBeUndefined()
    expect(accessKey.expiresAt).toBeUndefined()
    expect(outcome(accessKey, 'execute-api:Invoke')).toBe('Allowed')
    expect(outcome(accessKey, 'sts:AssumeRole')).toBe('ImplicitlyDenied')
    expect(() => directory.createUser('dev')).toThrow(EntityAlreadyExistsError)

    const role = directory.createRole({ roleName: 'r', trustPolicy: trust })
    const session = directory.addSession({ role, sessionName: 'alice', durationSeconds: 900 })
    expect(session.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/u)
    expect(session.sessionToken?.length).toBeGreaterThan(300)
    expect(session.expiresAt).toBe(Date.parse('2026-03-04T05:21:07Z'))
    expect(session.principal).toMatchObject({
      type: 'AssumedRole',
      arn: 'arn:aws:sts::123456789012:assumed-role/r/alice',
      userId: `${role.roleId}:alice`,
      issuerArn: role.arn,
      issuedAt: clock.time,
    })
    expect(directory.accessKey(session.accessKeyId)).toBe(session)
    expect(directory.accessKey('ASIANOBODY')).toBeUndefined()
  })

  it('can be made to expire now, and expired ones are forgotten after an hour', () => {
    const { directory, clock } = account()
    const role = directory.createRole({ roleName: 'r', trustPolicy: trust })
    const first = directory.addSession({ role, sessionName: 'alice', durationSeconds: 900 })
    directory.expire(first.accessKeyId)
    expect(directory.accessKey(first.accessKeyId)?.expiresAt).toBe(clock.time)
    expect(() => directory.expire('ASIANOBODY')).toThrow(NoSuchEntityError)
    clock.time += 3_600_000 - 1
    directory.addSession({ role, sessionName: 'bob', durationSeconds: 900 })
    expect(directory.accessKey(first.accessKeyId)).toBeDefined()
    clock.time += 60_001
    directory.addSession({ role, sessionName: 'carol', durationSeconds: 900 })
    expect(directory.accessKey(first.accessKeyId)).toBeUndefined()
  })

  it('no two are alike', () => {
    const { directory } = account()
    const role = directory.createRole({ roleName: 'r', trustPolicy: trust })
    const keys = Array.from({ length: 200 }, () =>
      directory.addSession({ role, sessionName: 'alice', durationSeconds: 900 }),
    )
    for (const field of ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const) {
      expect(new Set(keys.map((key) => key[field])).size).toBe(keys.length)
    }
  })
})
