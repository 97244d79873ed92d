import { ServiceError } from '../../../protocols/service-error.js'
import { createStack } from '../../stacks/operations/create.js'
import { updateStack } from '../../stacks/operations/update.js'
import type { ApiInput } from '../input.js'
import { requireUpdatable } from '../requirements.js'
import { findChangeSet, noChangeSet } from './change-set.js'

/** Starts the operation; its events show the progress. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html */
export function executeChangeSet(input: ApiInput) {
  const { parameters, stacks } = input
  const found = findChangeSet(input, 'ExecuteChangeSet')
  if (found === undefined) throw noChangeSet(parameters.get('ChangeSetName'))
  const { stack, changeSet } = found
  if (changeSet.executionStatus !== 'AVAILABLE') {
    throw new ServiceError(
      'InvalidChangeSetStatus',
      400,
      `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
    )
  }
  const { definition, roleArn, type } = changeSet
  if (type === 'UPDATE') requireUpdatable(stack)
  stack.disableRollback = parameters.get('DisableRollback') === 'true'
  if (roleArn !== undefined) stack.roleArn = roleArn
  stack.changeSets.clear()
  const token = parameters.get('ClientRequestToken') ?? undefined
  if (type === 'CREATE') {
    stack.definition = definition
    stacks.begin(stack, createStack, token)
  } else {
    stacks.begin(stack, (op) => updateStack(op, definition), token)
  }
  return {}
}
