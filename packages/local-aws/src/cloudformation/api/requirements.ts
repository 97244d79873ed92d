import { listParameter } from '../../protocols/query.js'
import { ServiceError } from '../../protocols/service-error.js'
import { planChanges } from '../stacks/plan.js'
import { isStable, type ResourceChange, type Stack, type StackDefinition } from '../stacks/stack.js'
import type { Stacks } from '../stacks/stacks.js'
import { type ApiInput, invalid } from './input.js'

/** @throws ServiceError if an operation is in progress, or the stack must be recovered first */
export function requireUpdatable(stack: Stack): void {
  const { status, disableRollback } = stack
  if (isStable(status) || (disableRollback && /^(CREATE|UPDATE)_FAILED$/u.test(status))) return
  throw wrongState(stack, 'updated')
}

export function wrongState({ stackId, status }: Stack, what: string): ServiceError {
  return invalid(`Stack:${stackId} is in ${status} state and can not be ${what}.`)
}

/**
 * IAM resources must be acknowledged; those with custom names require CAPABILITY_NAMED_IAM.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 *
 * @returns the request's capabilities
 * @throws ServiceError `InsufficientCapabilitiesException`
 */
export function requireCapabilities({ parameters }: ApiInput, { template }: StackDefinition): readonly string[] {
  const given = listParameter(parameters, 'Capabilities')
  const iam = Object.values(template.Resources).filter(({ Type }) => Type.startsWith('AWS::IAM::'))
  if (iam.length === 0) return given
  const named = iam.some(({ Properties = {} }) =>
    ['RoleName', 'ManagedPolicyName', 'UserName'].some((name) => name in Properties),
  )
  const needed = named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'
  if (given.includes(needed) || given.includes('CAPABILITY_NAMED_IAM')) return given
  throw new ServiceError('InsufficientCapabilitiesException', 400, `Requires capabilities : [${needed}]`)
}

/** What a definition changes in a stack. `isEmpty`: neither resources nor outputs nor tags. */
export function changesOf(
  stack: Stack,
  next: StackDefinition,
  stacks: Stacks,
): { readonly changes: readonly ResourceChange[]; readonly isEmpty: boolean } {
  const changes = planChanges(stack, next, stacks.settings(stack))
  const { template, tags } = stack.definition
  const isSame = JSON.stringify([template.Outputs, tags]) === JSON.stringify([next.template.Outputs, next.tags])
  return { changes, isEmpty: changes.length === 0 && isSame }
}
