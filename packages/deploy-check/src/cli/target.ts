import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { commandLine, findStack, StackOutputsError, serviceUrl } from '@topic-credentials/project'
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
  const { description, stackName, outputs, all, running } = await findStack(given, ['CredentialsUrl', 'Region']).catch(
    (error: unknown) => {
      throw error instanceof StackOutputsError ? noStack(error) : error
    },
  )
  const { CheckFunctionName: functionName } = all
  if (typeof functionName !== 'string') {
    throw new CheckCommandError('no_check', `The stack ${stackName} has no deploy check`, {
      value: stackName,
      remedy: 'Deploy the stack without -c deployCheck=false, from a release with the output CheckFunctionName.',
    })
  }
  if (running !== undefined) {
    const { ca, endpoints, operator, region } = running
    return { description, functionName, region, ca, endpoint: endpoints.endpoint, keys: async () => operator }
  }
  const { Region: region } = outputs
  const keys = defaultProvider({ clientConfig: { region } })
  return { description, functionName, region, endpoint: serviceUrl('lambda', region), keys }
}

function noStack({ value, message }: StackOutputsError): CheckCommandError {
  const remedy = `Pass --outputs FILE with the file that \`${commandLine('deploy')}\` writes, or run \`${commandLine('local')}\`.`
  return new CheckCommandError('no_stack', message, { value, remedy })
}
