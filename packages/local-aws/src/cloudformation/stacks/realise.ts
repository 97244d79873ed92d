import { RealisationError } from '../errors.js'
import type { AssemblyStack } from '../template/assembly.js'
import { ResourceFailed } from './change-resource.js'
import { createResources } from './operations/create.js'
import { Operation } from './operations/operation.js'
import type { Stack } from './stack.js'
import { emptyStack, type Stacks } from './stacks.js'

/**
 * Creates a stack of an assembly directly, without a caller, a role, an upload or a change set. Afterwards it is an ordinary
 * stack.
 *
 * @param standing called when everything exists except triggers that have not run yet and can still fail the stack
 * @throws RealisationError for the first resource that cannot be created, by name. The caller must close what was created.
 */
export async function realise(
  { stackName, template, assets }: AssemblyStack,
  stacks: Stacks,
  parameters: Readonly<Record<string, string>> = {},
  standing: () => Promise<void> = async () => {},
): Promise<void> {
  const { services } = stacks
  const stackId = `arn:aws:cloudformation:${services.region}:${services.accountId}:stack/${stackName}/local`
  const stack = emptyStack({ stackName, stackId, now: services.clock.now() })
  const templateBody = JSON.stringify(template)
  stack.definition = { template, templateBody, parameters, resolvedParameters: {}, tags: {} }
  stacks.add(stack, assets)
  const op = new Operation(stack, stacks.settings(stack))
  try {
    op.stackEvent('CREATE_IN_PROGRESS')
    await createResources(op, standing)
    op.stackEvent('CREATE_COMPLETE')
  } catch (error) {
    throw error instanceof ResourceFailed ? asRealisationError(error, stack) : error
  }
}

function asRealisationError({ logicalId, cause, message: reason }: ResourceFailed, stack: Stack): RealisationError {
  if (cause instanceof RealisationError) return cause
  const { stackName, resources } = stack
  const message = `${stackName}: CREATE_FAILED | ${resources.get(logicalId)?.type} | ${logicalId}: ${reason}`
  return new RealisationError('resource', message, { stackName, logicalId, cause })
}
