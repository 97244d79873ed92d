import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AccessKey } from './iam/index.js'
import { type Outage, type ServiceName, serviceNames } from './outages.js'
import { httpApi, statements } from './testing/assembly.js'
import { openDeployments, type TestDeployments } from './testing/deployments.js'
import { send, type TestRequest, type TestResponse } from './testing/https-client.js'
import { inlineFunction } from './testing/template-parts.js'

const minute = 60_000
const template = {
  Resources: {
    ...inlineFunction('Fn', 'exports.handler = async () => ({ done: true })'),
    ...httpApi('Fn', { 'POST /call': { AuthorizationType: 'AWS_IAM' } }),
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'items',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      },
    },
  },
  Outputs: { Url: { Value: { 'Fn::Sub': '${Api.ApiEndpoint}/call' } }, Fn: { Value: { Ref: 'Fn' } } },
}
const all = statements({ Effect: 'Allow', Action: '*', Resource: '*' })
const none = statements({ Effect: 'Deny', Action: '*', Resource: '*' })
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Stands still, so that a second of a quota does not end before it is used up. */
const startedAt = Date.now()
let account: TestDeployments
let outputs: Readonly<Record<string, string>>
beforeAll(async () => {
  account = await openDeployments({ clock: { now: () => startedAt } })
  outputs = (await account.deploy(template)).outputs
})
afterAll(async () => account[Symbol.asyncDispose]())

/** A request that each service answers with 200 to a caller with all permissions. */
async function ask(service: ServiceName, key = admin()): Promise<TestResponse> {
  const { endpoints, ca, region } = account.aws
  const json = (target: string): TestRequest => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
    body: '{}',
  })
  const query = (text: string): TestRequest => ({ method: 'POST', headers: form, body: text })
  const requests: Readonly<Record<ServiceName, readonly [string, TestRequest & { service?: string }]>> = {
    sts: [endpoints.sts, query('Action=GetCallerIdentity&Version=2011-06-15')],
    iam: [endpoints.iam, query('Action=ListRolePolicies&Version=2010-05-08&RoleName=late')],
    dynamodb: [endpoints.dynamodb ?? '', { ...json('DynamoDB_20120810.DescribeTable'), body: '{"TableName":"items"}' }],
    api: [outputs.Url ?? '', { method: 'POST', service: 'execute-api' }],
    lambda: [
      `${endpoints.endpoint}/2015-03-31/functions/${outputs.Fn}/invocations`,
      { ...json(''), service: 'lambda' },
    ],
    iot: [`https://${endpoints.iot}/topics/t`, { method: 'POST', service: 'iotdata' }],
    s3: [`${endpoints.endpoint}/cdk-hnb659fds-assets-123456789012-eu-west-1?location`, { service: 's3' }],
    ssm: [endpoints.endpoint, { ...json('AmazonSSM.GetParameters'), body: '{"Names":["/x"]}' }],
    cloudformation: [endpoints.endpoint, query('Action=ListStacks&Version=2010-05-15')],
  }
  const [url, request] = requests[service]
  const address = url.includes('/', 8) ? url : `${url}/`
  return send(ca, address, { service, ...request, key, region: service === 'iam' ? 'us-east-1' : region })
}

function admin(): AccessKey {
  return account.aws.directory.userKey('admin') as AccessKey
}

async function statuses(services: readonly ServiceName[], key?: AccessKey): Promise<number[]> {
  const answers = []
  for (const service of services) answers.push((await ask(service, key)).status)
  return answers
}

describe('policies that are felt late', () => {
  const services = ['api', 'iot'] as const
  /** A session of a role that is denied everything a moment after; then what it may do now and in a minute. */
  async function denied(roleName: string, lag: () => void): Promise<[now: number[], later: number[]]> {
    const { aws } = account
    const key = aws.createSession({ roleName, sessionName: 's' }, all)
    expect(await statuses(services, key)).toEqual([200, 200])
    lag()
    aws.putRolePolicy(roleName, 'Deny', none)
    const now = await statuses(services, key)
    aws.faults.skewClock(minute + 1)
    const later = await statuses(services, key)
    aws.faults.skewClock(0)
    aws.faults.iam.lagPolicies(0)
    return [now, later]
  }

  it('are felt at once where nothing lags', async () => {
    expect(await denied('late', () => {})).toEqual([
      [403, 403],
      [403, 403],
    ])
  })

  it('take effect a minute later in all services, or in AWS IoT only', async () => {
    const { iam } = account.aws.faults
    expect(await denied('everywhere', () => iam.lagPolicies(minute))).toEqual([
      [200, 200],
      [403, 403],
    ])
    expect(await denied('iot-alone', () => iam.lagPolicies(0, { iot: minute }))).toEqual([
      [403, 200],
      [403, 403],
    ])
  })

  it('concern trust policies and managed policies, too', async () => {
    const { directory, faults, createSession } = account.aws
    const trust = (Effect: string) => statements({ Effect, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' })
    const managed = directory.createPolicy('Managed', all)
    const { arn } = directory.createRole({
      roleName: 'opened',
      trustPolicy: trust('Deny'),
      managedPolicyArns: [managed],
    })
    const key = createSession({ roleName: 'opened', sessionName: 's' })
    const body = new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: arn,
      RoleSessionName: 'session',
    })
    const assume = async () =>
      (
        await send(account.aws.ca, `${account.aws.endpoints.sts}/`, {
          ...{ method: 'POST', headers: form, body: body.toString(), service: 'sts', region: account.aws.region },
          key: admin(),
        })
      ).status
    expect([await assume(), await statuses(['api'], key)]).toEqual([403, [200]])
    faults.iam.lagPolicies(minute)
    directory.updateAssumeRolePolicy('opened', trust('Allow'))
    directory.updatePolicy(managed, none)
    expect([await assume(), await statuses(['api'], key)]).toEqual([403, [200]])
    faults.iam.lagPolicies(0)
    expect([await assume(), await statuses(['api'], key)]).toEqual([200, [403]])
  })
})

describe('quotas that others have nearly used up', () => {
  it('leave so many requests to STS in a second', async () => {
    const { faults } = account.aws
    const eight = Array<ServiceName>(8).fill('sts')
    faults.sts.limit(5)
    expect(await statuses(eight)).toEqual([...Array(5).fill(200), ...Array(3).fill(400)])
    expect((await ask('sts')).body).toContain('<Code>Throttling</Code>')
    faults.skewClock(1_000)
    expect(await statuses(['sts'])).toEqual([200])
    faults.skewClock(0)
    faults.sts.limit(undefined)
    expect(await statuses(eight)).toEqual(Array(8).fill(200))
  })
})

describe('a service that is down', () => {
  const heard = (service: ServiceName) =>
    ask(service).then(
      ({ status }) => status,
      ({ code }: NodeJS.ErrnoException) => code,
    )

  it.each(serviceNames)('%s: it answers 503, or ends connections, and others answer as before', async (service) => {
    const { faults } = account.aws
    const other = service === 'sts' ? 'iam' : 'sts'
    const during = async (outage: Outage | undefined) => {
      faults.outage(service, outage)
      return [await heard(service), await heard(other)]
    }
    expect(await during(undefined)).toEqual([200, 200])
    expect(await during('unavailable')).toEqual([503, 200])
    expect(await during('reset')).toEqual(['ECONNRESET', 200])
    expect(await during(undefined)).toEqual([200, 200])
  })

  it('says nothing until it is up, and then ends what it held', async () => {
    const { faults } = account.aws
    faults.outage('sts', 'silent')
    let silent = true
    const asked = heard('sts').finally(() => {
      silent = false
    })
    expect([await heard('iam'), silent]).toEqual([200, true])
    faults.outage('sts', undefined)
    expect(await asked).toBe('ECONNRESET')
    expect(await heard('sts')).toBe(200)
  })

  it('a function behind an API: the API answers 500 when Lambda is down', async () => {
    const { faults, developer, logs } = account.aws
    const calls = logs(outputs.Fn ?? '').length
    faults.outage('lambda', 'unavailable')
    expect(await statuses(['api'], developer)).toEqual([500])
    expect(logs(outputs.Fn ?? '')).toHaveLength(calls)
    faults.outage('lambda', undefined)
    expect(await statuses(['api'], developer)).toEqual([200])
  })
})
