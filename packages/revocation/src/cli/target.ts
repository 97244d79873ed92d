import { existsSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { IAMClient } from '@aws-sdk/client-iam'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import {
  type Announcement,
  findRunning,
  outputsFile,
  projectRoot,
  readOutputs,
  type StackOutputs,
  StackOutputsError,
  stackWith,
  userPath,
} from '@topic-credentials/project'
import { RevocationError } from '../errors.js'
import type { RevokerOptions } from '../revoker.js'

/** The stack to revoke at, and how to say so. */
export interface Target extends RevokerOptions {
  readonly description: string
}

/** The stack whose outputs are given or lie in the project's root, else the stand-in that runs for this project. */
export async function findTarget(given: string | undefined): Promise<Target> {
  const root = projectRoot()
  const file = given === undefined ? join(root, outputsFile) : userPath(given)
  if (given !== undefined || existsSync(file)) return deployed(file)
  const running = await findRunning({ directory: root })
  if (running !== undefined) return standIn(running)
  throw noStack(root, `There is no stack to revoke at: no ${file}, and no stand-in is running`)
}

function deployed(file: string): Target {
  const { stackName, outputs } = stackIn(
    asked(() => readOutputs(file)),
    file,
  )
  return {
    description: `the deployed stack ${stackName} (${file})`,
    roleArn: outputs.RoleArn,
    iam: new IAMClient({ region: outputs.Region }),
    iot: new IoTDataPlaneClient({ region: outputs.Region, endpoint: `https://${outputs.IotEndpoint}` }),
  }
}

function standIn({ ca, endpoints, operator, outputs, pid, region }: Announcement): Target {
  const description = `the stand-in that is running (process ${pid})`
  const credentials = operator
  const requestHandler = { httpsAgent: new Agent({ ca }) }
  const { RoleArn: roleArn, IotEndpoint: endpoint } = stackIn(outputs, description).outputs
  return {
    description,
    roleArn,
    iam: new IAMClient({ region, credentials, endpoint: endpoints.iam, requestHandler }),
    iot: new IoTDataPlaneClient({ region, credentials, endpoint: `https://${endpoint}`, requestHandler }),
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
  const remedy = 'Give --outputs FILE, as `pnpm cdk deploy` writes it, or run `pnpm local`. Nothing was changed.'
  return new RevocationError('no_stack', message, { value, remedy })
}
