import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSServiceException,
} from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type AccessKey, authorize, type Role } from '../iam/index.js'
import {
  accountId,
  allow,
  deny,
  openTestAccount,
  policy,
  region,
  type TestAccount,
  trust,
} from '../testing/sts-account.js'

let account: TestAccount
let vendor: Role
let caller: AccessKey
let names = 0

beforeAll(async () => {
  account = await openTestAccount()
  vendor = account.directory.createRole({
    roleName: 'vendor',
    trustPolicy: policy(trust({ Service: 'lambda.amazonaws.com' })),
  })
  caller = account.directory.addSession({ role: vendor, sessionName: 'fn', durationSeconds: 3600 })
})
afterAll(async () => account[Symbol.asyncDispose]())

/** A role of its own for each test. */
function role(trustPolicy: object, settings: object = {}): Role {
  return account.directory.createRole({ roleName: `role-${++names}`, trustPolicy, ...settings })
}

function assume(role: Role | string, more: Partial<AssumeRoleCommandInput> = {}, key: AccessKey = caller) {
  const RoleArn = typeof role === 'string' ? role : role.arn
  return account.client(key).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'alice', ...more }))
}

/** What a refused call says. */
async function refusal(call: Promise<unknown>): Promise<{ code: string; status: number; message: string }> {
  const error: unknown = await call.then(
    (answer) => Promise.reject(new Error(`not refused: ${JSON.stringify(answer)}`)),
    (refused: unknown) => refused,
  )
  if (!(error instanceof STSServiceException)) throw error
  return { code: error.name, status: error.$metadata.httpStatusCode ?? 0, message: error.message }
}

function topic(name: string) {
  return `arn:aws:iot:${region}:${accountId}:topic/${name}`
}

describe('AssumeRole', () => {
  it('issues credentials that STS accepts, limited by role and session policy', async () => {
    const wide = role(policy(trust({ AWS: vendor.arn })), {
      inlinePolicies: { all: policy(allow('iot:*', topic('*'))) },
    })
    const answer = await assume(wide, { Policy: JSON.stringify(policy(allow('iot:Publish', topic('test')))) })
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = answer.Credentials ?? {}
    expect(answer.AssumedRoleUser).toEqual({
      Arn: `arn:aws:sts::${accountId}:assumed-role/${wide.roleName}/alice`,
      AssumedRoleId: `${wide.roleId}:alice`,
    })
    expect(answer.PackedPolicySize).toBeGreaterThan(0)
    const seconds = ((Expiration as Date).getTime() - Date.now()) / 1000
    expect(seconds).toBeGreaterThan(3500)
    expect(seconds).toBeLessThanOrEqual(3600)

    const identity = await account
      .client({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken })
      .send(new GetCallerIdentityCommand())
    expect(identity.Arn).toBe(answer.AssumedRoleUser?.Arn)
    expect(identity.Account).toBe(accountId)

    const { principal } = account.directory.accessKey(AccessKeyId) as AccessKey
    expect(authorize(principal, { action: 'iot:Publish', resource: topic('test') }).outcome).toBe('Allowed')
    expect(authorize(principal, { action: 'iot:Publish', resource: topic('other') }).outcome).toBe('ImplicitlyDenied')
    expect(authorize(principal, { action: 'iot:Subscribe', resource: topic('test') }).outcome).toBe('ImplicitlyDenied')
  })
})

describe('a trust policy', () => {
  it.each<[string, () => Role, 'ok' | RegExp]>([
    ['that names the role', () => role(policy(trust({ AWS: vendor.arn }))), 'ok'],
    [
      'that names another role',
      () => role(policy(trust({ AWS: `${vendor.arn}2` }))),
      /^User: .* sts:AssumeRole on resource/u,
    ],
    ['that names only a service', () => role(policy(trust({ Service: 'lambda.amazonaws.com' }))), /sts:AssumeRole/u],
    ['that names this session', () => role(policy(trust({ AWS: caller.principal.arn }))), 'ok'],
    ['that names everybody', () => role(policy(trust('*'))), 'ok'],
    [
      'that names the account, to a caller without a policy',
      () => role(policy(trust({ AWS: accountId }))),
      /sts:AssumeRole/u,
    ],
    ['of another account', () => role(policy(trust({ AWS: '210987654321' }))), /sts:AssumeRole/u],
    [
      'that also denies',
      () => role(policy(trust('*'), trust('*', { Effect: 'Deny' }))),
      /explicit deny in a resource-based policy$/u,
    ],
  ])('%s', async (_, make, expected) => {
    const call = assume(make())
    if (expected === 'ok') {
      await expect(call).resolves.toHaveProperty('Credentials')
    } else {
      expect(await refusal(call)).toEqual({
        code: 'AccessDenied',
        status: 403,
        message: expect.stringMatching(expected),
      })
    }
  })

  it('that names the account leaves it to the caller’s own policies', async () => {
    const target = role(policy(trust({ AWS: `arn:aws:iam::${accountId}:root` })))
    account.directory.putRolePolicy('vendor', 'assume', policy(allow('sts:AssumeRole', target.arn)))
    await expect(assume(target)).resolves.toHaveProperty('Credentials')
    account.directory.deleteRolePolicy('vendor', 'assume')
    expect((await refusal(assume(target))).code).toBe('AccessDenied')
  })

  it('does not help a caller whose own policy denies it', async () => {
    const target = role(policy(trust({ AWS: vendor.arn })))
    account.directory.putRolePolicy('vendor', 'never', policy(deny('sts:AssumeRole')))
    const { message } = await refusal(assume(target))
    account.directory.deleteRolePolicy('vendor', 'never')
    expect(message).toMatch(/with an explicit deny in an identity-based policy$/u)
    await expect(assume(target)).resolves.toHaveProperty('Credentials')
  })

  it('that names the role is narrowed by the caller’s session policy; one that names the session is not', async () => {
    const narrow = account.directory.addSession({
      role: vendor,
      sessionName: 'narrow',
      durationSeconds: 900,
      sessionPolicy: policy(allow('iot:*')),
    })
    const byRole = role(policy(trust({ AWS: vendor.arn })))
    const bySession = role(policy(trust({ AWS: narrow.principal.arn })))
    expect((await refusal(assume(byRole, {}, narrow))).code).toBe('AccessDenied')
    await expect(assume(bySession, {}, narrow)).resolves.toHaveProperty('Credentials')
  })

  it('requires the external ID', async () => {
    const target = role(policy(trust('*', { Condition: { StringEquals: { 'sts:ExternalId': 'tenant-1' } } })))
    expect((await refusal(assume(target))).code).toBe('AccessDenied')
    expect((await refusal(assume(target, { ExternalId: 'tenant-2' }))).code).toBe('AccessDenied')
    await expect(assume(target, { ExternalId: 'tenant-1' })).resolves.toHaveProperty('Credentials')
  })

  it('must allow sts:TagSession for tags and sts:SetSourceIdentity for a source identity', async () => {
    const plain = role(policy(trust('*')))
    const open = role(policy(trust('*', { Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] })))
    const Tags = [{ Key: 'team', Value: 'red' }]
    expect((await refusal(assume(plain, { Tags }))).message).toMatch(/perform: sts:TagSession on/u)
    expect((await refusal(assume(plain, { SourceIdentity: 'alice' }))).message).toMatch(
      /perform: sts:SetSourceIdentity on/u,
    )
    const { Credentials, SourceIdentity } = await assume(open, { Tags, SourceIdentity: 'alice' })
    expect(SourceIdentity).toBe('alice')
    const { principal } = account.directory.accessKey(Credentials?.AccessKeyId ?? '') as AccessKey
    expect(principal).toMatchObject({ tags: { team: 'red' }, sourceIdentity: 'alice' })
  })

  it('can demand tags and names', async () => {
    const Condition = {
      StringLike: { 'sts:RoleSessionName': 'al*' },
      StringEquals: { 'aws:RequestTag/team': ['red', 'blue'] },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
    }
    const target = role(policy(trust('*', { Action: 'sts:*', Condition })))
    const tags = (team: string, ...more: string[]) => ({
      Tags: [{ Key: 'team', Value: team }, ...more.map((Key) => ({ Key, Value: '' }))],
    })
    await expect(assume(target, tags('blue'))).resolves.toHaveProperty('Credentials')
    expect((await refusal(assume(target, tags('green')))).code).toBe('AccessDenied')
    expect((await refusal(assume(target, tags('blue', 'extra')))).code).toBe('AccessDenied')
    expect((await refusal(assume(target, { ...tags('blue'), RoleSessionName: 'bob' }))).code).toBe('AccessDenied')
  })

  it('does not reveal whether a role exists', async () => {
    const hidden = role(policy(trust({ Service: 'iot.amazonaws.com' })))
    const missing = `arn:aws:iam::${accountId}:role/no-such-role`
    const [a, b] = [await refusal(assume(hidden)), await refusal(assume(missing))]
    expect(a.message.replace(hidden.arn, '')).toBe(b.message.replace(missing, ''))
  })
})

describe('chaining', () => {
  it('a session may be chained for an hour at most, a user’s session for as long as the role allows', async () => {
    const target = role(policy(trust('*')), { maxSessionDuration: 7200 })
    const { accessKey: user } = account.directory.createUser('dev', {})
    await expect(assume(target, { DurationSeconds: 7200 }, user)).resolves.toHaveProperty('Credentials')
    expect(await refusal(assume(target, { DurationSeconds: 7201 }, user))).toMatchObject({
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    })
    await expect(assume(target, { DurationSeconds: 3600 })).resolves.toHaveProperty('Credentials')
    expect(await refusal(assume(target, { DurationSeconds: 3601 }))).toMatchObject({
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    })
  })

  it('keeps transitive tags and the source identity, and neither can be replaced', async () => {
    const open = role(policy(trust('*', { Action: 'sts:*' })))
    const first = await assume(open, {
      Tags: [
        { Key: 'tenant', Value: 'a' },
        { Key: 'note', Value: 'b' },
      ],
      TransitiveTagKeys: ['tenant'],
      SourceIdentity: 'alice',
    })
    const key = account.directory.accessKey(first.Credentials?.AccessKeyId ?? '') as AccessKey
    const second = await assume(open, {}, key)
    const { principal } = account.directory.accessKey(second.Credentials?.AccessKeyId ?? '') as AccessKey
    expect(principal.tags).toEqual({ tenant: 'a' })
    expect(principal.sourceIdentity).toBe('alice')
    expect((await refusal(assume(open, { Tags: [{ Key: 'Tenant', Value: 'b' }] }, key))).code).toBe(
      'InvalidParameterValue',
    )
    expect((await refusal(assume(open, { SourceIdentity: 'bob' }, key))).code).toBe('ValidationError')
  })
})
