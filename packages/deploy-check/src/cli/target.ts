import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import {
  commandLine,
  findRunning,
  outputsFile,
  projectRoot,
  readOutputs,
  StackOutputsError,
  stackWith,
  userPath,
} from '@topic-credentials/project'
import type { Keys } from '../environment.js'
import { CheckCommandError } from './errors.js'

/** The check's function, and how to call it. */
export interface Target {
  /** For the reader. */
  readonly description: string
  readonly functionName: string
  readonly region: string
  /** Lambda's URL. */
  readonly endpoint: string
  /** PEM of the certificate authority of a stand-in. */
  readonly ca?: string
  keys(): Promise<Keys>
}

/** The stack whose outputs are given or lie in the project's root, else the stand-in that runs for this project. */
export async function findTarget(given: string | undefined): Promise<Target> {
  const directory = projectRoot()
  const file = given === undefined ? join(directory, outputsFile) : userPath(given)
  try {
    if (given !== undefined || existsSync(file)) return deployed(file)
    const running = await findRunning({ directory })
    if (running === undefined) {
      throw noStack(directory, `There is no stack to check: no ${file}, and no stand-in is running`)
    }
    const description = `the stand-in that is running (process ${running.pid})`
    const { ca, endpoints, operator, outputs, region } = running
    return {
      description,
      region,
      ca,
      endpoint: endpoints.endpoint,
      keys: async () => operator,
      ...checkIn(outputs, description),
    }
  } catch (error) {
    if (error instanceof StackOutputsError) throw noStack(error.value, error.message)
    throw error
  }
}

function deployed(file: string): Target {
  const outputs = readOutputs(file)
  const { stackName, outputs: own } = stackWith(outputs, ['CredentialsUrl', 'Region'], file)
  const { Region: region } = own
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return {
    description: `the deployed stack ${stackName} (${file})`,
    region,
    endpoint: process.env.AWS_ENDPOINT_URL_LAMBDA ?? `https://lambda.${region}.${domain}`,
    keys: defaultProvider({ clientConfig: { region } }),
    ...checkIn(outputs, file),
  }
}

function checkIn(outputs: Parameters<typeof stackWith>[0], source: string): Pick<Target, 'functionName'> {
  const { stackName } = stackWith(outputs, ['CredentialsUrl', 'Region'], source)
  const functionName = outputs[stackName]?.CheckFunctionName
  if (typeof functionName === 'string') return { functionName }
  throw new CheckCommandError('no_check', `The stack ${stackName} has no deploy check`, {
    value: stackName,
    remedy: 'Deploy it without -c deployCheck=false, and with a release that has the output CheckFunctionName.',
  })
}

function noStack(value: string, message: string): CheckCommandError {
  const remedy = `Give --outputs FILE, as \`${commandLine('deploy')}\` writes it, or run \`${commandLine('local')}\`.`
  return new CheckCommandError('no_stack', message, { value, remedy })
}
