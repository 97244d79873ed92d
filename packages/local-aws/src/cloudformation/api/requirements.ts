import type { ServiceError } from '../../protocols/service-error.js'
import { isStable, type Stack } from '../stacks/stack.js'
import { invalid } from './input.js'

/** @throws ServiceError if an operation is in progress, or the stack must be recovered first */
export function requireUpdatable(stack: Stack): void {
  const { status, disableRollback } = stack
  if (isStable(status) || (disableRollback && /^(CREATE|UPDATE)_FAILED$/u.test(status))) return
  throw wrongState(stack, 'updated')
}

export function wrongState({ stackId, status }: Stack, what: string): ServiceError {
  return invalid(`Stack:${stackId} is in ${status} state and can not be ${what}.`)
}
