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
    const stack = given !== undefined || existsSync(file) ? stackIn(file) : undefined
    if (stack !== undefined && (given !== undefined || !isLocal(stack))) return deployed(stack, file)
    const found = await findRunning({ directory })
    if (found === undefined) {
      throw stack === undefined
        ? noStack(directory, `There is no stack to check: ${file} does not exist, and no stand-in is running`)
        : noStack(file, `${file} belongs to a stand-in that is no longer running`)
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

function stackIn(file: string) {
  const all = readOutputs(file)
  return { all, ...stackWith(all, ['CredentialsUrl', 'Region'], file) }
}

type Stack = ReturnType<typeof stackIn>

/** Whether it was deployed to a stand-in. Then the command must not call AWS's own Lambda for its function. */
function isLocal({ outputs }: Stack): boolean {
  return new URL(outputs.CredentialsUrl).hostname === 'localhost'
}

function deployed({ all, stackName, outputs: { Region: region } }: Stack, file: string): Target {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const { AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL } = process.env
  return {
    description: `the deployed stack ${stackName} (${file})`,
    region,
    endpoint: AWS_ENDPOINT_URL_LAMBDA ?? AWS_ENDPOINT_URL ?? `https://lambda.${region}.${domain}`,
    keys: defaultProvider({ clientConfig: { region } }),
    ...checkIn(all, file),
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
