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

/** An account, and the SDK clients of a user with all permissions in it. */
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

/** The request that a custom resource receives. */
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
