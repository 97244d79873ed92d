import { randomUUID } from 'node:crypto'
import { listParameter } from '../../protocols/query.js'
import { ServiceError } from '../../protocols/service-error.js'
import { createStack } from '../stacks/operations/create.js'
import { deleteStack, rollBackCreation } from '../stacks/operations/delete.js'
import { rollBackUpdate } from '../stacks/operations/rollback.js'
import { updateStack } from '../stacks/operations/update.js'
import { isInProgress } from '../stacks/stack.js'
import { emptyStack } from '../stacks/stacks.js'
import { readDefinition } from './definition.js'
import { begin, findStack, invalid, isSet, may, passedRole, required, stackArn } from './input.js'
import type { Operations } from './operations.js'
import { changesOf, requireCapabilities, requireUpdatable, wrongState } from './requirements.js'

/** Each is described at https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/ under `API_` and its name. */
export const stackOperations: Operations = {
  async CreateStack(input) {
    const { parameters, stacks } = input
    const stackName = required(input, 'StackName')
    may(input, 'CreateStack', stackArn(input, stackName))
    if (stacks.find(stackName) !== undefined) {
      throw new ServiceError('AlreadyExistsException', 400, `Stack [${stackName}] already exists`)
    }
    const roleArn = passedRole(input)
    const definition = await readDefinition(input)
    requireCapabilities(input, definition)
    const stackId = stackArn(input, stackName, randomUUID())
    const stack = emptyStack({ stackName, stackId, now: stacks.services.clock.now() })
    stack.definition = definition
    stack.disableRollback = isSet(input, 'DisableRollback') || parameters.get('OnFailure') === 'DO_NOTHING'
    stack.terminationProtection = isSet(input, 'EnableTerminationProtection')
    stacks.add(stack)
    begin(input, stack, roleArn, createStack)
    return { StackId: stackId }
  },

  async UpdateStack(input) {
    const stack = findStack(input, 'UpdateStack')
    requireUpdatable(stack)
    const roleArn = passedRole(input)
    const definition = await readDefinition(input, stack)
    requireCapabilities(input, definition)
    if (changesOf(stack, definition, input.stacks).isEmpty) throw invalid('No updates are to be performed.')
    stack.disableRollback = isSet(input, 'DisableRollback')
    begin(input, stack, roleArn, (op) => updateStack(op, definition))
    return { StackId: stack.stackId }
  },

  /** Succeeds for a stack that does not exist. */
  DeleteStack(input) {
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
    const retain = stack.status === 'DELETE_FAILED' ? listParameter(parameters, 'RetainResources') : []
    begin(input, stack, roleArn, (op) => deleteStack(op, retain))
    return {}
  },

  /** For a stack whose failed operation was not rolled back. */
  RollbackStack(input) {
    const stack = findStack(input, 'RollbackStack')
    const roleArn = passedRole(input)
    const { status, stackId } = stack
    if (!/^(CREATE|UPDATE)_FAILED$/u.test(status)) throw wrongState(stack, 'rolled back')
    const retainExceptOnCreate = isSet(input, 'RetainExceptOnCreate')
    begin(input, stack, roleArn, (op) =>
      status === 'UPDATE_FAILED'
        ? rollBackUpdate(op, 'User Initiated')
        : rollBackCreation(op, 'User Initiated', { retainExceptOnCreate }),
    )
    return { StackId: stackId }
  },

  ContinueUpdateRollback(input) {
    const stack = findStack(input, 'ContinueUpdateRollback')
    const roleArn = passedRole(input)
    if (stack.status !== 'UPDATE_ROLLBACK_FAILED') throw wrongState(stack, 'rolled back')
    const failed = [...stack.resources.values()].filter(({ status }) => status === 'UPDATE_FAILED')
    const named = listParameter(input.parameters, 'ResourcesToSkip')
    const wrong = named.find((name) => !failed.some(({ logicalId }) => logicalId === name))
    if (wrong !== undefined) {
      throw invalid(`Resource to skip [${wrong}] is not in the UPDATE_FAILED state in stack ${stack.stackName}`)
    }
    const skip = isSet(input, 'ForceRollback') ? failed.map(({ logicalId }) => logicalId) : named
    begin(input, stack, roleArn, (op) => rollBackUpdate(op, 'User Initiated', skip))
    return {}
  },

  UpdateTerminationProtection(input) {
    const stack = findStack(input, 'UpdateTerminationProtection')
    stack.terminationProtection = isSet(input, 'EnableTerminationProtection')
    input.stacks.touch()
    return { StackId: stack.stackId }
  },
}
