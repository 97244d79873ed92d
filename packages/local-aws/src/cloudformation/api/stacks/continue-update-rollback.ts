import { listParameter } from '../../../protocols/query.js'
import { rollBackUpdate } from '../../stacks/operations/rollback.js'
import { type ApiInput, findStack, invalid, passedRole } from '../input.js'
import { wrongState } from '../requirements.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html */
export function continueUpdateRollback(input: ApiInput) {
  const { parameters, stacks } = input
  const stack = findStack(input, 'ContinueUpdateRollback')
  const roleArn = passedRole(input)
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED') throw wrongState(stack, 'rolled back')
  const failed = [...stack.resources.values()].filter(({ status }) => status === 'UPDATE_FAILED')
  const named = listParameter(parameters, 'ResourcesToSkip')
  const wrong = named.find((name) => !failed.some(({ logicalId }) => logicalId === name))
  if (wrong !== undefined) {
    throw invalid(`Resource to skip [${wrong}] is not in the UPDATE_FAILED state in stack ${stack.stackName}`)
  }
  const skip = parameters.get('ForceRollback') === 'true' ? failed.map(({ logicalId }) => logicalId) : named
  if (roleArn !== undefined) stack.roleArn = roleArn
  const token = parameters.get('ClientRequestToken') ?? undefined
  stacks.begin(stack, (op) => rollBackUpdate(op, 'User Initiated', skip), token)
  return {}
}
