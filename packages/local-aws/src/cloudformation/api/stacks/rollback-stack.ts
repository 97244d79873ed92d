import { rollBackCreation } from '../../stacks/operations/delete.js'
import { rollBackUpdate } from '../../stacks/operations/rollback.js'
import { type ApiInput, findStack, passedRole } from '../input.js'
import { wrongState } from '../requirements.js'

/** For a stack whose failed operation was not rolled back. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html */
export function rollbackStack(input: ApiInput) {
  const { parameters, stacks } = input
  const stack = findStack(input, 'RollbackStack')
  const roleArn = passedRole(input)
  if (!/^(CREATE|UPDATE)_FAILED$/u.test(stack.status)) throw wrongState(stack, 'rolled back')
  if (roleArn !== undefined) stack.roleArn = roleArn
  const retainExceptOnCreate = parameters.get('RetainExceptOnCreate') === 'true'
  const work =
    stack.status === 'UPDATE_FAILED'
      ? (op: Parameters<typeof rollBackUpdate>[0]) => rollBackUpdate(op, 'User Initiated')
      : (op: Parameters<typeof rollBackUpdate>[0]) => rollBackCreation(op, 'User Initiated', { retainExceptOnCreate })
  stacks.begin(stack, work, parameters.get('ClientRequestToken') ?? undefined)
  return { StackId: stack.stackId }
}
