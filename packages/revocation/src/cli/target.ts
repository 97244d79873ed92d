import { Agent } from 'node:https'
import { IAMClient } from '@aws-sdk/client-iam'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { callerArn, type SignedService, TableClient } from '@topic-credentials/access'
import {
  type Announcement,
  commandLine,
  type FoundStack,
  findStack,
  StackOutputsError,
  serviceUrl,
} from '@topic-credentials/project'
import { RevocationError } from '../errors.js'
import type { RevokerOptions } from '../revoker.js'

/** The stack, and its description for the user. */
export interface Target extends RevokerOptions {
  readonly description: string
}

const required = ['RoleArn', 'IotEndpoint', 'Region'] as const
type Stack = FoundStack<(typeof required)[number]>

/** The stack of the given outputs file or of the one in the project's root; otherwise the stand-in that runs for this project. */
export async function findTarget(given: string | undefined): Promise<Target> {
  const stack = await findStack(given, required).catch((error: unknown) => {
    throw error instanceof StackOutputsError ? noStack(error) : error
  })
  const { description, running, outputs, all, stackName } = stack
  // A stack of a release without the output UserPrefix has the default prefix.
  const byDefault = stackName === 'TopicCredentials' ? '' : `${stackName}~~`
  const userPrefix = typeof all.UserPrefix === 'string' ? all.UserPrefix : byDefault
  const clients = running === undefined ? clientsOfAws(stack) : clientsOf(running, stack)
  return { description, roleArn: outputs.RoleArn, userPrefix, ...clients }
}

type Clients = Pick<Target, 'iam' | 'iot' | 'table' | 'operator'>

function clientsOfAws({ outputs: { Region: region, IotEndpoint }, all }: Stack): Clients {
  const iam = new IAMClient({ region })
  const signed = { region, credentials: () => iam.config.credentials() }
  const urls = { dynamodb: serviceUrl('dynamodb', region), sts: serviceUrl('sts', region) }
  return {
    iam,
    iot: new IoTDataPlaneClient({ region, endpoint: `https://${IotEndpoint}` }),
    ...accessOf(all.AccessTable, signed, urls),
  }
}

function clientsOf({ ca, endpoints, operator, region }: Announcement, { outputs, all }: Stack): Clients {
  const shared = { region, credentials: operator, requestHandler: { httpsAgent: new Agent({ ca }) } }
  return {
    iam: new IAMClient({ ...shared, endpoint: endpoints.iam }),
    iot: new IoTDataPlaneClient({ ...shared, endpoint: `https://${outputs.IotEndpoint}` }),
    ...accessOf(all.AccessTable, { region, credentials: operator, ca }, endpoints),
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
    // For an operator, waiting is better than starting the command again.
    table: new TableClient({ ...signed, tableName, endpoint: dynamodb, timeoutMs: 10_000 }),
    operator: () => {
      arn ??= callerArn({ ...signed, endpoint: sts })
      return arn
    },
  }
}

function noStack({ value, message }: StackOutputsError): RevocationError {
  const remedy = `Pass --outputs FILE with the file that \`${commandLine('deploy')}\` writes, or run \`${commandLine('local')}\`. Nothing was changed.`
  return new RevocationError('no_stack', message, { value, remedy })
}
