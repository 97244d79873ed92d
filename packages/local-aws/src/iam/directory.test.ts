import { describe, expect, it } from '@jest/globals'
import {
  type AccessKey,
  authorize,
  Directory,
  EntityAlreadyExistsError,
  MalformedPolicyDocumentError,
  NoSuchEntityError,
} from './index.js'

const accountId = '123456789012'
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement })
const allow = (Action: string, Resource = '*') => ({ Effect: 'Allow', Action, Resource })
const trust = policy({ Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' })

function account() {
  const clock = { time: Date.parse('2026-03-04T05:06:07.890Z'), now: () => clock.time }
  const directory = new Directory({ accountId, clock })
  return { directory, clock }
}

const outcome = ({ principal }: AccessKey, action: string) => authorize(principal, { action, resource: '*' }).outcome

describe('a role', () => {
  it('is found by name and by ARN, with its path', () => {
    const { directory } = account()
    const role = directory.createRole({ roleName: 'r', path: '/team/', trustPolicy: trust })
    expect(role.arn).toBe('arn:aws:iam::123456789012:role/team/r')
    expect(role.roleId).toMatch(/^AROA[A-Z2-7]{17}$/)
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

describe('access keys', () => {
  it('of users are for good, of sessions for a time', () => {
    const { directory, clock } = account()
    const { user, accessKey } = directory.createUser('dev', { p: policy(allow('execute-api:Invoke')) })
    expect(accessKey).toMatchObject({ principal: { type: 'User', arn: user.arn, userId: user.userId } })
    expect(accessKey.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(accessKey.secretAccessKey).toHaveLength(40)
    expect(accessKey.sessionToken).toBeUndefined()
    expect(accessKey.expiresAt).toBeUndefined()
    expect(outcome(accessKey, 'execute-api:Invoke')).toBe('Allowed')
    expect(outcome(accessKey, 'sts:AssumeRole')).toBe('ImplicitlyDenied')
    expect(() => directory.createUser('dev')).toThrow(EntityAlreadyExistsError)

    const role = directory.createRole({ roleName: 'r', trustPolicy: trust })
    const session = directory.addSession({ role, sessionName: 'alice', durationSeconds: 900 })
    expect(session.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
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
    clock.time += 1
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
