import { creationOrder, trigger } from '../../template/dependencies.js'
import { createResource, failureReason, ResourceFailed } from '../change-resource.js'
import { rollBackCreation } from './delete.js'
import type { Operation } from './operation.js'

/** Creates a stack; on failure, the created resources are deleted again, unless rollback is disabled. */
export async function createStack(op: Operation): Promise<void> {
  op.stackEvent('CREATE_IN_PROGRESS', 'User Initiated')
  try {
    await createResources(op)
    op.stackEvent('CREATE_COMPLETE')
  } catch (error) {
    const reason = error instanceof ResourceFailed ? failureReason([error]) : (error as Error).message
    if (op.stack.disableRollback) {
      op.stackEvent('CREATE_FAILED', reason)
    } else {
      await rollBackCreation(op, error instanceof ResourceFailed ? `${reason}. Rollback requested by user.` : reason)
    }
  }
}

/**
 * Creates a stack's resources one after the other, each after its dependencies, and its outputs.
 *
 * @param standing called when everything exists except triggers that have not run yet and can still fail the stack
 * @throws ResourceFailed; RealisationError for outputs that cannot be evaluated
 */
export async function createResources(op: Operation, standing: () => Promise<void> = async () => {}): Promise<void> {
  const order = creationOrder(op.scope())
  op.total = order.length
  // Before anything exists: a type that is not known would otherwise be found half way.
  for (const { logicalId, resource } of order) op.type(resource.Type, logicalId)
  const last = order.findLastIndex(({ resource }) => resource.Type !== trigger)
  for (const [index, ordered] of order.entries()) {
    if (index === last + 1) await standing()
    await createResource(op, ordered)
  }
  if (last === order.length - 1) await standing()
  op.stack.outputs = op.outputs()
}
