import { existsSync, readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { dirname, join, resolve } from 'node:path'
import { IAMClient } from '@aws-sdk/client-iam'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import type { Announcement } from '@topic-credentials/local-aws'
import { RevocationError } from '../errors.js'
import type { RevokerOptions } from '../revoker.js'

/** The stack to revoke at, and how to say so. */
export interface Target extends RevokerOptions {
  readonly description: string
}

type Outputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The stack whose outputs are given or lie in the project's root, else the stand-in that runs for this project. */
export async function findTarget(given: string | undefined): Promise<Target> {
  const from = process.env.INIT_CWD ?? process.cwd()
  const root = projectRoot(from)
  const file = given === undefined ? join(root, 'cdk-outputs.json') : resolve(from, given)
  if (given !== undefined || existsSync(file)) return deployed(file)
  // A development dependency: only a checkout has a stand-in.
  const { findRunning } = await import('@topic-credentials/local-aws')
  const running = await findRunning({ directory: root })
  if (running !== undefined) return standIn(running)
  throw noStack(root, `There is no stack to revoke at: no ${file}, and no stand-in is running.`)
}

function deployed(file: string): Target {
  let outputs: Outputs
  try {
    outputs = JSON.parse(readFileSync(file, 'utf8')) as Outputs
  } catch (cause) {
    throw noStack(file, `The stack's outputs cannot be read: ${(cause as Error).message}`)
  }
  const { name, roleArn, endpoint, region } = stackIn(outputs, file)
  return {
    description: `the deployed stack ${name} (${file})`,
    roleArn,
    iam: new IAMClient({ region }),
    iot: new IoTDataPlaneClient({ region, endpoint: `https://${endpoint}` }),
  }
}

function standIn({ ca, endpoints, operator, outputs, pid, region }: Announcement): Target {
  const description = `the stand-in that is running (process ${pid})`
  const credentials = operator
  const requestHandler = { httpsAgent: new Agent({ ca }) }
  const { roleArn, endpoint } = stackIn(outputs, description)
  return {
    description,
    roleArn,
    iam: new IAMClient({ region, credentials, endpoint: endpoints.iam, requestHandler }),
    iot: new IoTDataPlaneClient({ region, credentials, endpoint: `https://${endpoint}`, requestHandler }),
  }
}

function stackIn(
  outputs: Outputs,
  source: string,
): { name: string; roleArn: string; endpoint: string; region: string } {
  const found = Object.entries(Object(outputs) as Outputs).flatMap(([name, stack]) => {
    const { RoleArn: roleArn, IotEndpoint: endpoint, Region: region } = Object(stack) as Outputs[string]
    return typeof roleArn === 'string' && typeof endpoint === 'string' && typeof region === 'string'
      ? [{ name, roleArn, endpoint, region }]
      : []
  })
  const [stack, another] = found
  if (stack !== undefined && another === undefined) return stack
  const names = found.map(({ name }) => name).join(' and ')
  const why = another === undefined ? 'no stack has RoleArn, IotEndpoint and Region' : `it has more than one: ${names}`
  throw noStack(source, `${source} does not give one stack: ${why}.`)
}

/** The nearest folder upwards that has a `cdk.json`. */
function projectRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cdk.json'))) return folder
    if (dirname(folder) === folder) return from
  }
}

function noStack(value: string, message: string): RevocationError {
  const remedy = 'Give --outputs FILE, as `pnpm cdk deploy` writes it, or run `pnpm local`. Nothing was changed.'
  return new RevocationError('no_stack', message, { value, remedy })
}
