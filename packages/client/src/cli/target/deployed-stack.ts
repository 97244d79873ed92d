import { readOutputs, type StackOutputs, StackOutputsError, stackWith } from '@topic-credentials/project'
import { TopicCredentialsError } from '../../errors.js'
import type { Target } from './target.js'

/**
 * The stack in an outputs file of `cdk deploy`.
 *
 * @throws TopicCredentialsError `invalid_argument` if the file does not contain the outputs of this stack
 */
export function deployedStack(file: string): Target {
  const { stackName, credentialsUrl, region } = vendorIn(() => readOutputs(file), file)
  return {
    description: `the deployed stack ${stackName} (${file})`,
    credentialsUrl,
    ...(region === undefined ? {} : { region }),
    [Symbol.asyncDispose]: async () => {},
  }
}

/**
 * The only vendor in the outputs of a deployment.
 *
 * @param source source of the outputs, for error messages
 * @throws TopicCredentialsError `invalid_argument`
 */
export function vendorIn(
  read: () => StackOutputs,
  source: string,
): { readonly stackName: string; readonly credentialsUrl: string; readonly region: string | undefined } {
  try {
    const stacks = read()
    const { stackName, outputs } = stackWith(stacks, ['CredentialsUrl'], source)
    const region = stacks[stackName]?.Region
    return {
      stackName,
      credentialsUrl: outputs.CredentialsUrl,
      region: typeof region === 'string' ? region : undefined,
    }
  } catch (error) {
    if (!(error instanceof StackOutputsError)) throw error
    const { message, value, remedy } = error
    throw new TopicCredentialsError(message, { code: 'invalid_argument', value, remedy, cause: error })
  }
}
