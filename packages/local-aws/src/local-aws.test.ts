import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { JournalEntry } from './journal.js'
import { startLocalAws } from './local-aws.js'
import type { LocalAws } from './local-aws-types.js'
import {
  httpApi,
  lambdaFunction,
  lambdaRole,
  statements,
  type TestAssembly,
  writeAssembly,
} from './testing/assembly.js'
import { send } from './testing/https-client.js'

/** Vends with the stock SDK, which it finds by its path: the function itself runs outside of every node_modules. */
const vendor = `
  import { createRequire } from 'node:module'
  const { STSClient, AssumeRoleCommand } = createRequire(import.meta.url)(process.env.SDK)
  const sts = new STSClient({ maxAttempts: 1 })
  export const handler = async (event) => {
    const { iam } = event.requestContext.authorizer
    try {
      const answer = await sts.send(new AssumeRoleCommand({ RoleArn: process.env.ROLE, RoleSessionName: 'alice', Policy: process.env.POLICY }))
      return { accessKeyId: answer.Credentials.AccessKeyId, user: iam.userArn, arn: answer.AssumedRoleUser.Arn }
    } catch ({ name, message }) {
      return { statusCode: 502, body: JSON.stringify({ name, message }) }
    }
  }`

const policy = JSON.stringify(statements({ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }))

/** The stack in small: change a part of it before it is written. */
function template() {
  const ref = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] })
  return {
    Resources: {
      Vendor: lambdaFunction('vendor', 'VendorRole', {
        Environment: {
          Variables: {
            ROLE: ref('TopicRole'),
            POLICY: policy,
            SDK: createRequire(import.meta.url).resolve('@aws-sdk/client-sts'),
          },
        },
        LoggingConfig: { LogGroup: { Ref: 'Log' } },
      }),
      Log: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } },
      VendorRole: lambdaRole({
        vend: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/topics' }],
      }),
      TopicRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'topics',
          AssumeRolePolicyDocument: statements({
            Effect: 'Allow',
            Principal: { AWS: ref('VendorRole') as unknown },
            Action: 'sts:AssumeRole',
          }),
          ManagedPolicyArns: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AWSIoTFullAccess' }],
        },
      },
      LookupRole: lambdaRole(),
      LookupPolicy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'lookup',
          Roles: [{ Ref: 'LookupRole' }],
          PolicyDocument: statements({ Effect: 'Allow', Action: 'iot:DescribeEndpoint', Resource: '*' }),
        },
      },
      Lookup: lambdaFunction('provider', 'LookupRole'),
      Endpoint: {
        Type: 'Custom::AWS',
        DependsOn: ['LookupPolicy'],
        Properties: {
          ServiceToken: ref('Lookup'),
          Create: JSON.stringify({
            service: 'iot',
            action: 'describeEndpoint',
            parameters: { endpointType: 'iot:Data-ATS' },
            physicalResourceId: { responsePath: 'endpointAddress' },
          }),
        },
      },
      ...httpApi('Vendor', { 'POST /credentials': { AuthorizationType: 'AWS_IAM' } }),
    } as Record<string, { Type: string; DependsOn?: string[]; Properties: Record<string, unknown> }>,
    Outputs: {
      Url: { Value: { 'Fn::Sub': '${Api.ApiEndpoint}/credentials' } },
      Endpoint: { Value: { 'Fn::GetAtt': ['Endpoint', 'endpointAddress'] } },
    } as Record<string, object>,
  }
}

async function started(change: (stack: ReturnType<typeof template>) => void = () => {}, options: object = {}) {
  const stack = template()
  change(stack)
  const assembly = await writeAssembly(stack, { vendor, provider: 'export const handler = async () => {}' })
  const journal: JournalEntry[] = []
  try {
    const aws = await startLocalAws({
      assembly: assembly.directory,
      journal: (entry) => journal.push(entry),
      ...options,
    })
    return {
      aws,
      assembly,
      journal,
      [Symbol.asyncDispose]: async () => {
        await aws.close()
        await assembly[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await assembly[Symbol.asyncDispose]()
    throw error
  }
}

function vend(aws: LocalAws, key = aws.developer) {
  return send(aws.ca, aws.outputs.Test?.Url ?? '', { method: 'POST', key })
}

/** Folders of running stand-ins and their functions; test assemblies are named otherwise. */
function leftovers() {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`local-aws-${process.pid}-`)).length
}

describe('startLocalAws', () => {
  let subject: Awaited<ReturnType<typeof started>>
  beforeAll(async () => {
    subject = await started()
  })
  afterAll(() => subject[Symbol.asyncDispose]())

  it('serves the stack: a signed request is vended credentials by the function, through STS', async () => {
    const { aws } = subject
    const { status, body } = await vend(aws)
    expect({ status, ...JSON.parse(body) }).toEqual({
      status: 200,
      accessKeyId: expect.stringMatching(/^ASIA/u),
      user: 'arn:aws:iam::123456789012:user/developer',
      arn: 'arn:aws:sts::123456789012:assumed-role/topics/alice',
    })
  })

  it('resolves outputs to addresses on this machine', () => {
    const { aws } = subject
    expect(aws.outputs).toEqual({ Test: { Url: `${aws.endpoints.api}/credentials`, Endpoint: aws.endpoints.iot } })
    expect(aws.endpoints.iot).toMatch(/^localhost:\d+$/u)
  })

  it('records the created resources in the journal, in dependency order', () => {
    const created = subject.journal
      .filter(({ event }) => event === 'CREATE_COMPLETE')
      .map(({ fields }) => String(fields?.logicalId))
    expect(created).toHaveLength(Object.keys(template().Resources).length)
    const before = (first: string, second: string) =>
      expect(created.indexOf(first)).toBeLessThan(created.indexOf(second))
    before('VendorRole', 'TopicRole')
    before('TopicRole', 'Vendor')
    before('LookupPolicy', 'Endpoint')
    before('Api', 'Route0')
  })

  it("keeps the function's log under its name and its log group", async () => {
    const { aws } = subject
    const [functionName = ''] = [...aws.functions.keys()].filter((name) => name.includes('Vendor'))
    expect(aws.logs(functionName).some(({ message }) => message.startsWith('REPORT RequestId'))).toBe(true)
    expect(aws.logs(aws.stacks[0]?.resources.Log ?? '')).toBe(aws.logs(functionName))
  })

  it('writes no secret into the journal or a log', async () => {
    const { aws, journal } = subject
    const { accessKeyId } = JSON.parse((await vend(aws)).body)
    const keys = [aws.developer, aws.directory.accessKey(accessKeyId)]
    const text = JSON.stringify([journal, [...aws.functions.keys()].map((name) => aws.logs(name))])
    expect(text).toContain(accessKeyId)
    for (const key of keys) {
      expect(key?.secretAccessKey).toHaveLength(40)
      expect(text).not.toContain(key?.secretAccessKey)
      expect(text).not.toContain(key?.sessionToken ?? 'no token')
    }
  })

  it('refuses callers without permission for the API, and all direct attempts to assume the role', async () => {
    const { aws } = subject
    const bystander = aws.createUser('bystander', statements({ Effect: 'Allow', Action: 'iot:*', Resource: '*' }))
    expect(await vend(aws, bystander)).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' })
    expect(await vend(aws, aws.createUser('colleague'))).toMatchObject({ status: 200 })
    const assume =
      'Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn:aws:iam::123456789012:role/topics'
    const direct = await send(aws.ca, `${aws.endpoints.sts}/`, {
      method: 'POST',
      key: aws.developer,
      service: 'sts',
      body: assume,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(direct).toMatchObject({ status: 403, body: expect.stringContaining('<Code>AccessDenied</Code>') })
  })

  it('faults: credentials end, clocks go wrong, STS throttles, roles lose their rights', async () => {
    const { aws } = subject
    const { accessKeyId } = JSON.parse((await vend(aws)).body)
    expect(aws.faults.denyIot(true)).toEqual(['topics'])
    expect(aws.directory.role('topics')?.inlinePolicies.has('fault')).toBe(true)
    expect(aws.faults.denyIot(false)).toEqual(['topics'])
    expect(aws.directory.role('topics')?.inlinePolicies.has('fault')).toBe(false)
    expect(aws.faults.expireCredentials(accessKeyId)).toBe(1)
    expect(aws.faults.expireCredentials(accessKeyId)).toBe(0)
    expect(aws.directory.accessKey(accessKeyId)?.expiresAt).toBeLessThanOrEqual(Date.now())
    aws.faults.skewClock(3_600_000)
    expect(await vend(aws)).toMatchObject({ status: 403 })
    aws.faults.skewClock(0)
    aws.faults.sts.throttle(1)
    expect(JSON.parse((await vend(aws)).body)).toMatchObject({ name: 'Throttling', message: 'Rate exceeded' })
    expect(await vend(aws)).toMatchObject({ status: 200 })
  })
})

describe('what the template says counts', () => {
  const trust = (stack: ReturnType<typeof template>, Statement: object) => {
    const role = stack.Resources.TopicRole
    if (role !== undefined) role.Properties.AssumeRolePolicyDocument = statements(Statement)
  }
  const denials: [string, (stack: ReturnType<typeof template>) => void][] = [
    [
      'the role trusts another account',
      (stack) =>
        trust(stack, {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::999999999999:root' },
          Action: 'sts:AssumeRole',
        }),
    ],
    [
      'the role trusts another role',
      (stack) =>
        trust(stack, {
          Effect: 'Allow',
          Principal: { AWS: { 'Fn::GetAtt': ['LookupRole', 'Arn'] } },
          Action: 'sts:AssumeRole',
        }),
    ],
    [
      'the role trusts only under a condition that is not met',
      (stack) =>
        trust(stack, {
          Effect: 'Allow',
          Principal: { AWS: { 'Fn::GetAtt': ['VendorRole', 'Arn'] } },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': 'x' } },
        }),
    ],
  ]
  it.each(denials)('%s: the vend fails with AccessDenied', async (_, change) => {
    await using subject = await started(change)
    const { status, body } = await vend(subject.aws)
    expect(status).toBe(502)
    expect(JSON.parse(body)).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        'is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/topics',
      ),
    })
  })

  it('without leave for the API to call the function: 500', async () => {
    await using subject = await started((stack) => {
      const permission = stack.Resources.Permission
      if (permission !== undefined) {
        permission.Properties.SourceArn = 'arn:aws:execute-api:us-east-1:123456789012:another/*/*'
      }
    })
    expect(await vend(subject.aws)).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' })
  })

  it.each([undefined, true, false])(
    'a trigger runs its function unless that is switched off (triggers: %s)',
    async (triggers) => {
      await using subject = await started(
        (stack) => {
          stack.Resources.Check = {
            Type: 'Custom::Trigger',
            Properties: {
              ServiceToken: { 'Fn::GetAtt': ['Starter', 'Arn'] },
              HandlerArn: { 'Fn::GetAtt': ['Lookup', 'Arn'] },
              InvocationType: 'RequestResponse',
            },
          }
          stack.Resources.Starter = lambdaFunction('provider', 'StarterRole') as never
          stack.Resources.StarterRole = lambdaRole({
            run: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': ['Lookup', 'Arn'] } }],
          }) as never
        },
        triggers === undefined ? {} : { triggers },
      )
      const ran = subject.journal.some(({ event, outcome }) => event === 'Invoke' && outcome === 'ok')
      expect(ran).toBe(triggers !== false)
    },
  )

  it('region and account can be chosen, and are in every ARN', async () => {
    await using subject = await started(() => {}, { region: 'eu-central-1', accountId: '111122223333' })
    const { aws } = subject
    expect(aws).toMatchObject({ region: 'eu-central-1', accountId: '111122223333' })
    expect(
      await send(aws.ca, aws.outputs.Test?.Url ?? '', { method: 'POST', key: aws.developer, region: 'eu-central-1' }),
    ).toMatchObject({ status: 200, body: expect.stringContaining('111122223333') })
    expect(await vend(aws)).toMatchObject({ status: 403 })
  })
})

describe('what cannot be realised', () => {
  const failures: [string, (stack: ReturnType<typeof template>) => void, string][] = [
    [
      'an unknown type',
      (stack) => {
        stack.Resources.Queue = { Type: 'AWS::SQS::Queue', Properties: {} }
      },
      'Test: the stand-in does not model resources of type AWS::SQS::Queue (Queue)',
    ],
    [
      'an unknown property',
      (stack) => {
        Object.assign(stack.Resources.Vendor?.Properties ?? {}, { VpcConfig: {} })
      },
      'CREATE_FAILED | AWS::Lambda::Function | Vendor: the stand-in does not model the property VpcConfig',
    ],
    [
      'an unknown nested property',
      (stack) => {
        Object.assign(stack.Resources.Api?.Properties ?? {}, { CorsConfiguration: { AllowAll: true } })
      },
      'the property CorsConfiguration.AllowAll',
    ],
    [
      'an unknown managed policy',
      (stack) => {
        Object.assign(stack.Resources.VendorRole?.Properties ?? {}, {
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/Nonsense'],
        })
      },
      'Policy arn:aws:iam::aws:policy/Nonsense does not exist',
    ],
    [
      'a malformed policy',
      (stack) => {
        Object.assign(stack.Resources.LookupPolicy?.Properties ?? {}, {
          PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Maybe' }] },
        })
      },
      'CREATE_FAILED | AWS::IAM::Policy | LookupPolicy',
    ],
    [
      'a role that Lambda may not assume',
      (stack) => {
        Object.assign(stack.Resources.VendorRole?.Properties ?? {}, {
          AssumeRolePolicyDocument: statements({
            Effect: 'Allow',
            Principal: { Service: 'ec2.amazonaws.com' },
            Action: 'sts:AssumeRole',
          }),
        })
      },
      'cannot be assumed by Lambda',
    ],
    [
      'an environment variable that Lambda reserves',
      (stack) => {
        Object.assign(stack.Resources.Vendor?.Properties ?? {}, {
          Environment: { Variables: { AWS_SESSION_TOKEN: 'x' } },
        })
      },
      'AWS_SESSION_TOKEN',
    ],
    [
      'a runtime that is not Node.js',
      (stack) => {
        Object.assign(stack.Resources.Vendor?.Properties ?? {}, { Runtime: 'python3.14' })
      },
      'python3.14',
    ],
    [
      'an asset that is not in the assembly',
      (stack) => {
        Object.assign(stack.Resources.Vendor?.Properties ?? {}, { Code: { S3Bucket: 'assets', S3Key: 'gone.zip' } })
      },
      'no zip asset gone.zip',
    ],
    [
      'a lookup without permission',
      (stack) => {
        delete stack.Resources.LookupPolicy
        delete stack.Resources.Endpoint?.DependsOn
      },
      'is not authorized to perform: iot:DescribeEndpoint',
    ],
    [
      'another call to AWS',
      (stack) => {
        Object.assign(stack.Resources.Endpoint?.Properties ?? {}, { Create: '{"service":"s3","action":"listBuckets"}' })
      },
      'the stand-in supports iot describeEndpoint for iot:Data-ATS, not {"service":"s3"',
    ],
    [
      'a circle',
      (stack) => {
        Object.assign(stack.Resources.VendorRole ?? {}, { DependsOn: ['Vendor'] })
      },
      'circular dependency between resources: Vendor → VendorRole → Vendor',
    ],
    [
      'a reference to nothing',
      (stack) => {
        Object.assign(stack.Resources.Vendor?.Properties ?? {}, { Description: { Ref: 'Nobody' } })
      },
      "resource Vendor refers to 'Nobody', which the template does not define",
    ],
    [
      'a dependency on nothing',
      (stack) => {
        Object.assign(stack.Resources.Vendor ?? {}, { DependsOn: 'Nobody' })
      },
      "resource Vendor refers to 'Nobody'",
    ],
    [
      'an attribute that does not exist',
      (stack) => {
        stack.Outputs.Odd = { Value: { 'Fn::GetAtt': ['Vendor', 'Odd'] } }
      },
      'resource Vendor has no attribute Odd',
    ],
    [
      'a macro',
      (stack) => {
        Object.assign(stack, { Transform: 'AWS::Serverless-2016-10-31' })
      },
      'the template section Transform',
    ],
    [
      'the same route twice',
      (stack) => {
        stack.Resources.Again = stack.Resources.Route0 as never
      },
      'Route with key POST /credentials already exists',
    ],
    [
      'a stage that is not deployed',
      (stack) => {
        Object.assign(stack.Resources.Stage?.Properties ?? {}, { AutoDeploy: false })
      },
      'AutoDeploy',
    ],
    [
      'a trigger whose function fails',
      (stack) => {
        stack.Resources.Check = {
          Type: 'Custom::Trigger',
          Properties: {
            ServiceToken: { 'Fn::GetAtt': ['Lookup', 'Arn'] },
            HandlerArn: { 'Fn::GetAtt': ['Vendor', 'Arn'] },
          },
        }
        Object.assign(stack.Resources.LookupPolicy?.Properties ?? {}, {
          PolicyDocument: statements({
            Effect: 'Allow',
            Action: ['iot:DescribeEndpoint', 'lambda:InvokeFunction'],
            Resource: '*',
          }),
        })
        Object.assign(stack.Resources.Check, { DependsOn: ['LookupPolicy'] })
      },
      'CREATE_FAILED | Custom::Trigger | Check: Trigger handler failed: TypeError',
    ],
    [
      'a trigger without permission',
      (stack) => {
        stack.Resources.Check = {
          Type: 'Custom::Trigger',
          Properties: {
            ServiceToken: { 'Fn::GetAtt': ['Lookup', 'Arn'] },
            HandlerArn: { 'Fn::GetAtt': ['Vendor', 'Arn'] },
          },
        }
      },
      'is not authorized to perform: lambda:InvokeFunction',
    ],
  ]
  it.each(failures)('%s fails by name, and leaves nothing behind', async (_, change, message) => {
    const before = leftovers()
    await expect(started(change)).rejects.toThrow(message)
    expect(leftovers()).toBe(before)
  })

  it('an assembly that is not there', async () => {
    await expect(startLocalAws({ assembly: '/nowhere/cdk.out' })).rejects.toMatchObject({
      code: 'assembly',
      message: 'No cloud assembly at /nowhere/cdk.out: the folder does not exist',
      value: '/nowhere/cdk.out',
      remedy: "Run 'cdk synth' first.",
    })
  })

  it('a stack for another Region than the requested one', async () => {
    await using assembly: TestAssembly = await writeAssembly(template(), {}, 'aws://111122223333/eu-west-1')
    await expect(startLocalAws({ assembly: assembly.directory, region: 'us-west-2' })).rejects.toThrow(
      'The stack Test is for region eu-west-1; it cannot be deployed in us-west-2',
    )
  })

  it('a port that is taken: the error says so, nothing is left', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const before = leftovers()
    for (const ports of [{ sts: port }, { iot: port }, { api: port }]) {
      await expect(started(() => {}, { ports })).rejects.toThrow('EADDRINUSE')
    }
    expect(leftovers()).toBe(before)
    taken.close()
  })
})
