import { listParameter } from '../../../protocols/query.js'
import { deleteStack as remove } from '../../stacks/operations/delete.js'
import { isInProgress } from '../../stacks/stack.js'
import { type ApiInput, invalid, may, passedRole, required, stackArn } from '../input.js'
import { wrongState } from '../requirements.js'

/** Succeeds for a stack that does not exist. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html */
export function deleteStack(input: ApiInput) {
  const { parameters, stacks } = input
  const name = required(input, 'StackName')
  const stack = stacks.find(name)
  may(input, 'DeleteStack', stack?.stackId ?? stackArn(input, name))
  const roleArn = passedRole(input)
  if (stack === undefined || stack.deletedAt !== undefined) return {}
  if (stack.status === 'REVIEW_IN_PROGRESS') {
    stacks.remove(stack)
    return {}
  }
  if (stack.terminationProtection) {
    throw invalid(`Stack [${stack.stackName}] cannot be deleted while TerminationProtection is enabled`)
  }
  if (isInProgress(stack.status)) throw wrongState(stack, 'deleted')
  const used = stacks.importers(stack)
  if (used !== undefined) {
    throw invalid(`Export ${used.exportName} cannot be deleted as it is in use by ${used.importers.join(' and ')}`)
  }
  if (roleArn !== undefined) stack.roleArn = roleArn
  const retain = stack.status === 'DELETE_FAILED' ? listParameter(parameters, 'RetainResources') : []
  stacks.begin(stack, (op) => remove(op, retain), parameters.get('ClientRequestToken') ?? undefined)
  return {}
}
