import { existsSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { IAMClient } from '@aws-sdk/client-iam'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { callerArn, type SignedService, TableClient } from '@topic-credentials/access'
import {
  type Announcement,
  commandLine,
  findRunning,
  outputsFile,
  projectRoot,
  readOutputs,
  type StackOutputs,
  StackOutputsError,
  stackWith,
  upToDate,
  userPath,
} from '@topic-credentials/project'
import { RevocationError } from '../errors.js'
import type { RevokerOptions } from '../revoker.js'

/** The stack, and its description for the user. */
export interface Target extends RevokerOptions {
  readonly description: string
}

/** The stack of the given outputs file or of the one in the project's root; otherwise the stand-in that runs for this project. */
export async function findTarget(given: string | undefined): Promise<Target> {
  const root = projectRoot()
  const file = given === undefined ? join(root, outputsFile) : userPath(given)
  const stack = given !== undefined || existsSync(file) ? readStack(file) : undefined
  if (stack !== undefined && (given !== undefined || !isLocal(stack))) return deployed(stack, file)
  const found = await findRunning({ directory: root })
  if (found !== undefined) {
    const { running, notice } = await upToDate(root, found)
    if (notice !== undefined) console.error(`! ${notice}`)
    return standIn(running)
  }
  if (stack !== undefined) throw noStack(file, `${file} belongs to a stand-in that is no longer running`)
  throw noStack(root, `There is no stack: ${file} does not exist, and no stand-in is running`)
}

type Stack = ReturnType<typeof readStack>

function readStack(file: string) {
  const stacks = asked(() => readOutputs(file))
  const { stackName, outputs } = stackIn(stacks, file)
  return { stackName, outputs, ...ownOutputs(stacks, stackName) }
}

/** Outputs that not every stack has. One that was deployed before it said its prefix has the default one. */
function ownOutputs(stacks: StackOutputs, stackName: string) {
  const { AccessTable: accessTable, UserPrefix } = stacks[stackName] ?? {}
  const byDefault = stackName === 'TopicCredentials' ? '' : `${stackName}~~`
  return { accessTable, userPrefix: typeof UserPrefix === 'string' ? UserPrefix : byDefault }
}

/** Whether it was deployed to a stand-in. Then the command must not call AWS's own IAM for its role. */
function isLocal({ outputs }: Stack): boolean {
  return outputs.IotEndpoint.split(':')[0] === 'localhost'
}

function deployed({ stackName, outputs, accessTable, userPrefix }: Stack, file: string): Target {
  const { Region: region, RoleArn: roleArn } = outputs
  const iam = new IAMClient({ region })
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const signed = { region, credentials: () => iam.config.credentials() }
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_STS } = process.env
  return {
    description: `the deployed stack ${stackName} (${file})`,
    roleArn,
    userPrefix,
    iam,
    iot: new IoTDataPlaneClient({ region, endpoint: `https://${outputs.IotEndpoint}` }),
    ...accessOf(accessTable, signed, {
      dynamodb: AWS_ENDPOINT_URL_DYNAMODB ?? AWS_ENDPOINT_URL ?? `https://dynamodb.${region}.${domain}`,
      sts: AWS_ENDPOINT_URL_STS ?? AWS_ENDPOINT_URL ?? `https://sts.${region}.${domain}`,
    }),
  }
}

function standIn({ ca, endpoints, operator, outputs, pid, region }: Announcement): Target {
  const description = `the running stand-in (process ${pid})`
  const credentials = operator
  const requestHandler = { httpsAgent: new Agent({ ca }) }
  const { stackName, outputs: own } = stackIn(outputs, description)
  const { accessTable, userPrefix } = ownOutputs(outputs, stackName)
  return {
    description,
    roleArn: own.RoleArn,
    userPrefix,
    iam: new IAMClient({ region, credentials, endpoint: endpoints.iam, requestHandler }),
    iot: new IoTDataPlaneClient({ region, credentials, endpoint: `https://${own.IotEndpoint}`, requestHandler }),
    ...accessOf(accessTable, { region, credentials, ca }, endpoints),
  }
}

/** The stack's access table, if it has one. */
function accessOf(
  tableName: unknown,
  signed: Omit<SignedService, 'service' | 'endpoint'>,
  { dynamodb, sts }: { readonly dynamodb?: string; readonly sts: string },
): Pick<Target, 'table' | 'operator'> {
  if (typeof tableName !== 'string' || dynamodb === undefined) return {}
  let arn: Promise<string> | undefined
  return {
    // An operator rather waits than begins again.
    table: new TableClient({ ...signed, tableName, endpoint: dynamodb, timeoutMs: 10_000 }),
    operator: () => {
      arn ??= callerArn({ ...signed, endpoint: sts })
      return arn
    },
  }
}

function stackIn(outputs: StackOutputs, source: string) {
  return asked(() => stackWith(outputs, ['RoleArn', 'IotEndpoint', 'Region'], source))
}

function asked<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof StackOutputsError) throw noStack(error.value, error.message)
    throw error
  }
}

function noStack(value: string, message: string): RevocationError {
  const remedy = `Pass --outputs FILE with the file that \`${commandLine('deploy')}\` writes, or run \`${commandLine('local')}\`. Nothing was changed.`
  return new RevocationError('no_stack', message, { value, remedy })
}
