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
  upToDate,
  userPath,
} from '@topic-credentials/project'
import type { Keys } from '../environment.js'
import { CheckCommandError } from './errors.js'

/** The check's function, and how to invoke it. */
export interface Target {
  /** For display. */
  readonly description: string
  readonly functionName: string
  readonly region: string
  /** URL of Lambda. */
  readonly endpoint: string
  /** The stand-in's certificate authority, as PEM. */
  readonly ca?: string
  keys(): Promise<Keys>
}

/** The stack of the given outputs file or of the one in the project's root; otherwise the stand-in that runs for this project. */
export async function findTarget(given: string | undefined): Promise<Target> {
  const directory = projectRoot()
  const file = given === undefined ? join(directory, outputsFile) : userPath(given)
  try {
    if (given !== undefined || existsSync(file)) return deployed(file)
    const found = await findRunning({ directory })
    if (found === undefined) {
      throw noStack(directory, `There is no stack to check: ${file} does not exist, and no stand-in is running`)
    }
    const { running, notice } = await upToDate(directory, found)
    if (notice !== undefined) console.error(`! ${notice}`)
    const description = `the running stand-in (process ${running.pid})`
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
    remedy: 'Deploy the stack without -c deployCheck=false, from a release with the output CheckFunctionName.',
  })
}

function noStack(value: string, message: string): CheckCommandError {
  const remedy = `Pass --outputs FILE with the file that \`${commandLine('deploy')}\` writes, or run \`${commandLine('local')}\`.`
  return new CheckCommandError('no_stack', message, { value, remedy })
}
