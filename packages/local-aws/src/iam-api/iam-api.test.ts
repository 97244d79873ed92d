import { Agent } from 'node:https'
import {
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type AccessKey, Directory } from '../iam/index.js'
import type { JournalEntry } from '../journal.js'
import type { ServedService } from '../protocols/serve-service.js'
import { createTlsMaterial } from '../tls.js'
import { startIamApi } from './index.js'

const clock = { now: () => Date.now() }
const accountId = '123456789012'
const journal: JournalEntry[] = []
const directory = new Directory({ accountId, clock })
function policy(...Statement: object[]) {
  return { Version: '2012-10-17', Statement }
}
const roleName = 'topics'
const arn = `arn:aws:iam::${accountId}:role/team/${roleName}`
const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${accountId}:root` },
  Action: 'sts:AssumeRole',
})
const text =
  '{ "Version": "2012-10-17", "Statement": [{ "Sid": "Odd", "Effect": "Deny", "Action": "iot:*", "Resource": "*" }] }'
const clients: IAMClient[] = []
let iam: ServedService
let ca: string
let operator: IAMClient

function client({ accessKeyId, secretAccessKey }: AccessKey, region = 'eu-west-1'): IAMClient {
  const credentials = { accessKeyId, secretAccessKey }
  const requestHandler = { httpsAgent: new Agent({ ca, keepAlive: true }) }
  const made = new IAMClient({ endpoint: iam.url, region, credentials, maxAttempts: 1, requestHandler })
  clients.push(made)
  return made
}

beforeAll(async () => {
  const tls = await createTlsMaterial()
  ca = tls.ca
  iam = await startIamApi({
    directory,
    accountId,
    region: 'eu-west-1',
    clock,
    journal: (one) => journal.push(one),
    tls,
    port: 0,
  })
  directory.createRole({
    roleName: roleName,
    path: '/team/',
    trustPolicy: trust,
    inlinePolicies: { Ceiling: policy({ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }) },
  })
  const mayAll = { all: policy({ Effect: 'Allow', Action: 'iam:*', Resource: `arn:aws:iam::${accountId}:role/*` }) }
  operator = client(directory.createUser('operator', mayAll).accessKey)
})

afterAll(async () => {
  for (const one of clients) one.destroy()
  await iam.close()
})

describe('the IAM API', () => {
  it('gives a role with its trust policy', async () => {
    const { Role } = await operator.send(new GetRoleCommand({ RoleName: roleName }))
    const roleId = directory.role(roleName)?.roleId
    expect(Role).toMatchObject({
      RoleName: roleName,
      RoleId: roleId,
      Arn: arn,
      Path: '/team/',
      MaxSessionDuration: 3600,
    })
    expect(JSON.parse(decodeURIComponent(String(Role?.AssumeRolePolicyDocument)))).toEqual(trust)
  })

  it('puts, lists, gives back as it was written, replaces and deletes an inline policy', async () => {
    const PolicyName = 'Revocations'
    await operator.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName, PolicyDocument: text }))
    const listed = await operator.send(new ListRolePoliciesCommand({ RoleName: roleName }))
    expect(listed).toMatchObject({ PolicyNames: ['Ceiling', PolicyName], IsTruncated: false })
    const { PolicyDocument } = await operator.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName }))
    expect(PolicyDocument).not.toMatch(/[ {("*]/u)
    expect(decodeURIComponent(String(PolicyDocument))).toBe(text)
    expect(directory.role(roleName)?.inlinePolicies.get(PolicyName)?.Statement[0]?.Effect).toBe('Deny')
    await operator.send(
      new PutRolePolicyCommand({ RoleName: roleName, PolicyName, PolicyDocument: text.replace('Odd', 'Even') }),
    )
    expect(directory.role(roleName)?.inlinePolicies.get(PolicyName)?.Statement[0]?.Sid).toBe('Even')
    await operator.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName }))
    expect([...(directory.role(roleName)?.inlinePolicies.keys() ?? [])]).toEqual(['Ceiling'])
  })

  const wide = JSON.stringify(
    policy({ Effect: 'Deny', Action: 'iot:*', Resource: `arn:aws:iot:*:*:topic/${'x'.repeat(10_300)}` }),
  )
  it.each([
    ['a role that is not there', new GetRoleCommand({ RoleName: 'nobody' }), 404, 'NoSuchEntityException'],
    [
      'a policy that is not there',
      new GetRolePolicyCommand({ RoleName: roleName, PolicyName: 'none' }),
      404,
      'NoSuchEntityException',
    ],
    [
      'deleting what is not there',
      new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName: 'none' }),
      404,
      'NoSuchEntityException',
    ],
    [
      'a document that is no policy',
      new PutRolePolicyCommand({ RoleName: roleName, PolicyName: 'p', PolicyDocument: '{}' }),
      400,
      'MalformedPolicyDocumentException',
    ],
    [
      'more than a role may have',
      new PutRolePolicyCommand({ RoleName: roleName, PolicyName: 'p', PolicyDocument: wide }),
      409,
      'LimitExceededException',
    ],
    [
      'a name that is none',
      new PutRolePolicyCommand({ RoleName: roleName, PolicyName: 'a b', PolicyDocument: text }),
      400,
      'ValidationError',
    ],
  ])('refuses %s and changes nothing', async (_, command, httpStatusCode, name) => {
    // biome-ignore lint/suspicious/noExplicitAny: the commands' types have nothing in common that the client would take
    await expect(operator.send(command as any)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
    expect([...(directory.role(roleName)?.inlinePolicies.keys() ?? [])]).toEqual(['Ceiling'])
  })

  it('refuses callers without the permission, also about roles that are not there, and wrong signatures', async () => {
    const { accessKey } = directory.createUser('reader', {
      read: policy({ Effect: 'Allow', Action: 'iam:GetRole', Resource: arn }),
    })
    const reader = client(accessKey)
    await expect(reader.send(new GetRoleCommand({ RoleName: roleName }))).resolves.toMatchObject({ Role: { Arn: arn } })
    const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }
    await expect(reader.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toMatchObject(denied)
    const put = new PutRolePolicyCommand({ RoleName: roleName, PolicyName: 'p', PolicyDocument: text })
    await expect(reader.send(put)).rejects.toMatchObject(denied)
    const forged = client({ ...accessKey, secretAccessKey: 'guess' })
    await expect(forged.send(put)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
    expect(journal.at(-1)).toMatchObject({ service: 'iam', event: 'PutRolePolicy', outcome: 'refused' })
  })

  it('takes IAM’s own scope, us-east-1, and its endpoint’s Region, and no other', async () => {
    const { accessKey } = directory.createUser('traveller', {
      p: policy({ Effect: 'Allow', Action: 'iam:GetRole', Resource: '*' }),
    })
    await client(accessKey, 'us-east-1').send(new GetRoleCommand({ RoleName: roleName }))
    await client(accessKey, 'eu-west-1').send(new GetRoleCommand({ RoleName: roleName }))
    await expect(client(accessKey, 'eu-west-2').send(new GetRoleCommand({ RoleName: roleName }))).rejects.toMatchObject(
      {
        name: 'SignatureDoesNotMatch',
      },
    )
  })

  it('lets reads lag behind writes, which count at once', async () => {
    const PolicyName = 'Late'
    const read = async () => {
      const { PolicyNames } = await operator.send(new ListRolePoliciesCommand({ RoleName: roleName }))
      return PolicyNames?.includes(PolicyName)
    }
    directory.propagation.lag('reads', 60_000)
    await operator.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName, PolicyDocument: text }))
    expect([await read(), directory.role(roleName)?.inlinePolicies.has(PolicyName)]).toEqual([false, true])
    await expect(operator.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    })
    directory.propagation.lag('reads', 0)
    expect(await read()).toBe(true)
    directory.propagation.lag('reads', 60_000)
    await operator.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName }))
    directory.propagation.lag('reads', 0)
    expect(await read()).toBe(false)
  })
})
