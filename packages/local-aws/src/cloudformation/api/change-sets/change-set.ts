import { ServiceError } from '../../../protocols/service-error.js'
import type { ChangeSet, Stack } from '../../stacks/stack.js'
import { type ApiInput, may, required, stackArn } from '../input.js'

/** The requested change set, after the permission check. By name within its stack, or by ARN. */
export function findChangeSet(input: ApiInput, action: string): { stack: Stack; changeSet: ChangeSet } | undefined {
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

export function noChangeSet(name: string | null): ServiceError {
  return new ServiceError('ChangeSetNotFound', 404, `ChangeSet [${name}] does not exist`)
}
