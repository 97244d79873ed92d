import { Names, Stack, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/** The stack with this name has short resource names; other stacks include their own name. */
const unmarked = 'TopicCredentials'

/** Role names are unique in an account across Regions: the article's name for the default stack, the stack's name for others. */
export function topicRoleName(scope: Construct): string {
  const stackName = stackNameOf(scope)
  if (stackName === unmarked) return 'sts-sample-role'
  const name = `${stackName}-topics`
  return Token.isUnresolved(name) || name.length > 64 ? Names.uniqueResourceName(scope, { maxLength: 64 }) : name
}

/**
 * The prefix of each user ID: alice of the stack `Staging` is `Staging~~alice`, and shares neither topics nor client IDs with alice of
 * another stack. No IAM identity has `~~` in its name.
 */
export function defaultUserPrefix(scope: Construct): string {
  const stackName = stackNameOf(scope)
  return stackName === unmarked ? '' : `${stackName}~~`
}

/** The root stack's name for a nested stack, whose own name is only known during the deployment. */
function stackNameOf(scope: Construct): string {
  let stack = Stack.of(scope)
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent
  return stack.stackName
}
