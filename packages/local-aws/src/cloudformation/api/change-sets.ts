import { randomUUID } from 'node:crypto'
import { ServiceError } from '../../protocols/service-error.js'
import { createStack } from '../stacks/operations/create.js'
import { updateStack } from '../stacks/operations/update.js'
import type { ChangeSet, Stack } from '../stacks/stack.js'
import { emptyStack } from '../stacks/stacks.js'
import { readDefinition } from './definition.js'
import { type ApiInput, begin, findStack, invalid, isSet, may, passedRole, required, stackArn, time } from './input.js'
import type { Operations } from './operations.js'
import { changesOf, requireCapabilities, requireUpdatable } from './requirements.js'
import { changeSetView } from './views.js'

/** Each is described at https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/ under `API_` and its name. */
export const changeSetOperations: Operations = {
  async CreateChangeSet(input) {
    const { parameters, stacks } = input
    const { clock, region, accountId } = stacks.services
    const stackName = required(input, 'StackName')
    const name = required(input, 'ChangeSetName')
    const type = parameters.get('ChangeSetType') ?? 'UPDATE'
    const standing = stacks.find(stackName)
    may(input, 'CreateChangeSet', standing?.stackId ?? stackArn(input, stackName))
    if (type !== 'CREATE' && type !== 'UPDATE') throw invalid(`The stand-in does not model change sets of type ${type}`)
    const existing = requireFitting(type, standing, stackName, name)
    const roleArn = passedRole(input)
    const definition = await readDefinition(input, existing)
    const capabilities = requireCapabilities(input, definition)
    const stack =
      existing ?? emptyStack({ stackName, stackId: stackArn(input, stackName, randomUUID()), now: clock.now() })
    if (stack.changeSets.has(name)) {
      throw new ServiceError('AlreadyExistsException', 400, `ChangeSet ${name} already exists`)
    }
    if (existing === undefined) stacks.review(stack)
    const { changes, isEmpty } = changesOf(stack, definition, stacks)
    const changeSet: ChangeSet = {
      name,
      id: `arn:aws:cloudformation:${region}:${accountId}:changeSet/${name}/${randomUUID()}`,
      type,
      description: parameters.get('Description') ?? undefined,
      createdAt: clock.now(),
      ...(isEmpty
        ? {
            status: 'FAILED',
            reason:
              "The submitted information didn't contain changes. Submit different information to create a change set.",
            executionStatus: 'UNAVAILABLE',
          }
        : { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE' }),
      definition,
      roleArn,
      capabilities,
      changes,
    }
    stack.changeSets.set(name, changeSet)
    stacks.touch()
    return { Id: changeSet.id, StackId: stack.stackId }
  },

  /** Succeeds for a change set that does not exist. */
  DeleteChangeSet(input) {
    const found = findChangeSet(input, 'DeleteChangeSet')
    found?.stack.changeSets.delete(found.changeSet.name)
    input.stacks.touch()
    return {}
  },

  DescribeChangeSet(input) {
    const { stack, changeSet } = existingChangeSet(input, 'DescribeChangeSet')
    return changeSetView(stack, changeSet, isSet(input, 'IncludePropertyValues'))
  },

  /** Starts the operation; its events show the progress. */
  ExecuteChangeSet(input) {
    const { stack, changeSet } = existingChangeSet(input, 'ExecuteChangeSet')
    const { definition, roleArn, type, id, status, executionStatus } = changeSet
    if (executionStatus !== 'AVAILABLE') {
      const message = `ChangeSet [${id}] cannot be executed in its current status of [${status}]`
      throw new ServiceError('InvalidChangeSetStatus', 400, message)
    }
    if (type === 'UPDATE') requireUpdatable(stack)
    stack.disableRollback = isSet(input, 'DisableRollback')
    stack.changeSets.clear()
    if (type === 'CREATE') {
      stack.definition = definition
      begin(input, stack, roleArn, createStack)
    } else {
      begin(input, stack, roleArn, (op) => updateStack(op, definition))
    }
    return {}
  },

  ListChangeSets(input) {
    const { stackId, stackName, changeSets } = findStack(input, 'ListChangeSets')
    return {
      Summaries: [...changeSets.values()].map((one) => ({
        StackId: stackId,
        StackName: stackName,
        ChangeSetId: one.id,
        ChangeSetName: one.name,
        ExecutionStatus: one.executionStatus,
        Status: one.status,
        StatusReason: one.reason,
        CreationTime: time(one.createdAt),
        Description: one.description,
      })),
    }
  },
}

/** The requested change set, after the permission check. By name within its stack, or by ARN. */
function findChangeSet(input: ApiInput, action: string): { stack: Stack; changeSet: ChangeSet } | undefined {
  const name = required(input, 'ChangeSetName')
  const stackName = input.parameters.get('StackName')
  const stack =
    stackName === null
      ? input.stacks.list().find(({ changeSets }) => [...changeSets.values()].some(({ id }) => id === name))
      : input.stacks.find(stackName)
  may(input, action, stack?.stackId ?? stackArn(input, stackName ?? '*'))
  const changeSet = stack && [...stack.changeSets.values()].find((one) => one.name === name || one.id === name)
  return stack === undefined || changeSet === undefined ? undefined : { stack, changeSet }
}

/** @throws ServiceError if there is none */
function existingChangeSet(input: ApiInput, action: string): { stack: Stack; changeSet: ChangeSet } {
  const found = findChangeSet(input, action)
  if (found !== undefined) return found
  const name = input.parameters.get('ChangeSetName')
  throw new ServiceError('ChangeSetNotFound', 404, `ChangeSet [${name}] does not exist`)
}

function requireFitting(
  type: 'CREATE' | 'UPDATE',
  stack: Stack | undefined,
  stackName: string,
  name: string,
): Stack | undefined {
  if (type === 'CREATE') {
    if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return stack
    throw invalid(`Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`)
  }
  if (stack === undefined) throw invalid(`Stack [${stackName}] does not exist`)
  requireUpdatable(stack)
  return stack
}
