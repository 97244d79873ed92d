import { Names, Stack, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/** The stack of this name has the short names; others are told apart by theirs. */
const unmarked = 'TopicCredentials'

/** Role names are unique in an account, across its Regions: the article's for the one stack, the stack's for others. */
export function topicRoleName(scope: Construct): string {
  const stackName = stackNameOf(scope)
  if (stackName === unmarked) return 'sts-sample-role'
  const name = `${stackName}-topics`
  return Token.isUnresolved(name) || name.length > 64 ? Names.uniqueResourceName(scope, { maxLength: 64 }) : name
}

/**
 * What stands before each user ID, so that alice of the stack `Staging`, `Staging~~alice`, shares no topic and no client ID with alice of
 * another stack. No IAM identity has `~~` in its name.
 */
export function defaultUserPrefix(scope: Construct): string {
  const stackName = stackNameOf(scope)
  return stackName === unmarked ? '' : `${stackName}~~`
}

/** Of a nested stack, its root's: its own is known at deployment only. */
function stackNameOf(scope: Construct): string {
  let stack = Stack.of(scope)
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent
  return stack.stackName
}
