import { Agent } from 'node:https'
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import type { AccessKey } from '../iam/index.js'
import type { JournalEntry } from '../journal.js'
import { startLocalAws } from '../local-aws.js'
import type { LocalAws, LocalAwsOptions } from '../local-aws-types.js'

/** An account with the clients of somebody who may do everything in it. */
export interface TestDeployments extends AsyncDisposable {
  readonly aws: LocalAws
  readonly journal: JournalEntry[]
  readonly cloudformation: CloudFormationClient
  /** Stock clients for another key. */
  clients(key: AccessKey): { cloudformation: CloudFormationClient; s3: S3Client; ssm: SSMClient }
  /** Creates or updates the stack `Test`; resolves when nothing is under way any more. */
  deploy(template: object, more?: DeployOptions): Promise<Deployment>
  /** When nothing is under way any more. */
  settled(stackName?: string): Promise<Stack>
  /** `LogicalId STATUS reason` since the last call, oldest first. */
  events(stackName?: string): Promise<string[]>
  /** Physical IDs by logical IDs. */
  physicalIds(stackName?: string): Promise<Record<string, string | undefined>>
  /** Deletes the stack `Test`, or another; its status in the end. */
  destroy(stackName?: string): Promise<string | undefined>
  /** What the function `Provider` was told, oldest first. */
  told(): Told[]
}

/** What a custom resource is told. */
export interface Told {
  readonly RequestType: string
  readonly PhysicalResourceId?: string
  readonly ResourceProperties: Readonly<Record<string, unknown>>
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>
}

export interface DeployOptions {
  readonly stackName?: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly roleArn?: string
  readonly disableRollback?: boolean
}

export interface Deployment {
  readonly status: string
  readonly outputs: Readonly<Record<string, string>>
  readonly stackId: string
}

const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const region = 'eu-west-1'

export async function openDeployments(options: LocalAwsOptions = {}): Promise<TestDeployments> {
  const journal: JournalEntry[] = []
  const aws = await startLocalAws({ region, journal: (entry) => journal.push(entry), ...options })
  const open: { destroy(): void }[] = []
  const clients = (key: AccessKey) => {
    const settings = {
      region,
      endpoint: aws.endpoints.endpoint,
      credentials: {
        accessKeyId: key.accessKeyId,
        secretAccessKey: key.secretAccessKey,
        ...(key.sessionToken === undefined ? {} : { sessionToken: key.sessionToken }),
      },
      maxAttempts: 1,
      requestHandler: { httpsAgent: new Agent({ ca: aws.ca, keepAlive: true }) },
    }
    const made = {
      cloudformation: new CloudFormationClient(settings),
      s3: new S3Client({ ...settings, forcePathStyle: true }),
      ssm: new SSMClient(settings),
    }
    open.push(...Object.values(made))
    return made
  }
  const admin = aws.directory.userKey('admin') ?? aws.createUser('admin', everything)
  const { cloudformation } = clients(admin)
  const seen = new Set<string>()

  async function settled(stackName = 'Test'): Promise<Stack> {
    for (;;) {
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackName }))
      const [stack] = Stacks ?? []
      if (stack?.StackStatus?.endsWith('_IN_PROGRESS') === false) return stack
    }
  }

  async function deploy(template: object, more: DeployOptions = {}): Promise<Deployment> {
    const { stackName: StackName = 'Test', parameters = {}, roleArn, disableRollback } = more
    const exists = await cloudformation.send(new DescribeStacksCommand({ StackName })).then(
      () => true,
      () => false,
    )
    const { Id: ChangeSetName, StackId = '' } = await cloudformation.send(
      new CreateChangeSetCommand({
        StackName,
        ChangeSetName: 'test',
        ChangeSetType: exists ? 'UPDATE' : 'CREATE',
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
        ...(roleArn === undefined ? {} : { RoleARN: roleArn }),
      }),
    )
    const { Status, StatusReason } = await cloudformation.send(
      new DescribeChangeSetCommand({ ChangeSetName, StackName }),
    )
    if (Status === 'FAILED') throw new Error(StatusReason)
    await cloudformation.send(
      new ExecuteChangeSetCommand({
        ChangeSetName,
        StackName,
        ...(disableRollback === undefined ? {} : { DisableRollback: disableRollback }),
      }),
    )
    const stack = await settled(StackId)
    const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])
    return { status: stack.StackStatus ?? '', outputs: Object.fromEntries(outputs), stackId: StackId }
  }

  async function events(stackName = 'Test'): Promise<string[]> {
    const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: stackName }))
    const fresh = StackEvents.filter(({ EventId = '' }) => !seen.has(EventId)).reverse()
    for (const { EventId = '' } of fresh) seen.add(EventId)
    return fresh.map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
      [LogicalResourceId, ResourceStatus, ResourceStatusReason]
        .filter((part) => part !== undefined)
        .join(' ')
        // Different each time.
        .replaceAll(/(RequestToken|RequestId|Request ID): [0-9a-f-]{36}/gu, '$1: …'),
    )
  }

  async function physicalIds(stackName = 'Test'): Promise<Record<string, string | undefined>> {
    const { StackResources = [] } = await cloudformation.send(
      new DescribeStackResourcesCommand({ StackName: stackName }),
    )
    return Object.fromEntries(StackResources.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]))
  }

  async function destroy(stackName = 'Test'): Promise<string | undefined> {
    const { StackId = '' } = await settled(stackName)
    await cloudformation.send(new DeleteStackCommand({ StackName: stackName }))
    return (await settled(StackId)).StackStatus
  }

  function told(): Told[] {
    const name = [...aws.functions.keys()].find((one) => /-Provider-/u.test(one)) ?? ''
    return aws.logs(name).flatMap(({ message }) => {
      const at = message.indexOf('{"RequestType"')
      return at < 0 ? [] : [JSON.parse(message.slice(at)) as Told]
    })
  }

  return {
    aws,
    journal,
    physicalIds,
    destroy,
    told,
    cloudformation,
    clients,
    deploy,
    settled,
    events,
    [Symbol.asyncDispose]: async () => {
      for (const client of open) client.destroy()
      await aws.close()
    },
  }
}

/** A log group: nothing but a name. */
export function logGroup(properties: object = {}, more: object = {}): object {
  return { Type: 'AWS::Logs::LogGroup', Properties: properties, ...more }
}

/** A role that a service may assume. */
export function serviceRole(more: object = {}, service = 'lambda.amazonaws.com'): object {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      },
      ...more,
    },
  }
}

/** A function from its source, with a role of its own: two resources. */
export function inlineFunction(name: string, source: string, more: object = {}): Record<string, object> {
  return {
    [`${name}Role`]: serviceRole(),
    [name]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: source },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
        ...more,
      },
    },
  }
}

/**
 * The function behind a custom resource. It logs what it is told; a property `Fail` with the request's type makes it fail, and
 * `Id` is the physical ID that it answers.
 */
export const provider = `
  const https = require('node:https')
  exports.handler = async (event) => {
    console.log(JSON.stringify(event))
    const { Fail, Id } = event.ResourceProperties
    const failed = [].concat(Fail ?? []).includes(event.RequestType)
    const body = JSON.stringify({
      Status: failed ? 'FAILED' : 'SUCCESS',
      Reason: failed ? 'it was told to fail' : undefined,
      PhysicalResourceId: Id ?? event.PhysicalResourceId ?? 'made',
      Data: { Told: event.RequestType },
      StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    })
    await new Promise((resolve, reject) => {
      const request = https.request(event.ResponseURL, { method: 'PUT', headers: { 'content-length': Buffer.byteLength(body) } }, (response) => {
        response.resume().on('end', resolve)
      })
      request.on('error', reject)
      request.end(body)
    })
  }`

export function customResource(properties: object, type = 'Custom::Thing'): object {
  return { Type: type, Properties: { ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] }, ...properties } }
}
