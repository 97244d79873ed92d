import { creationOrder } from '../../template/dependencies.js'
import { createResource, failureReason, ResourceFailed, updateResource } from '../change-resource.js'
import type { StackDefinition } from '../stack.js'
import { cleanUp } from './clean-up.js'
import type { Operation } from './operation.js'
import { rollBackUpdate } from './rollback.js'

/** Updates a stack to the definition; on failure, it is rolled back. */
export async function updateStack(op: Operation, definition: StackDefinition): Promise<void> {
  const { stack } = op
  stack.rollback ??= {
    definition: stack.definition,
    resources: new Map(stack.resources),
    touched: new Set(),
  }
  op.stackEvent('UPDATE_IN_PROGRESS', 'User Initiated')
  stack.definition = definition
  try {
    await changeResources(op)
  } catch (error) {
    const reason = error instanceof ResourceFailed ? failureReason([error]) : (error as Error).message
    if (stack.disableRollback) {
      op.stackEvent('UPDATE_FAILED', reason)
    } else {
      await rollBackUpdate(op, reason)
    }
    return
  }
  delete stack.rollback
  op.stackEvent('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')
  const clean = await cleanUp(op)
  op.stackEvent(
    'UPDATE_COMPLETE',
    // https://github.com/serverless/serverless/issues/9144
    clean ? undefined : 'Update successful. One or more resources could not be deleted.',
  )
}

async function changeResources(op: Operation): Promise<void> {
  const { stack } = op
  stack.imports = new Set()
  const order = creationOrder(op.scope())
  op.total = order.length
  for (const { logicalId, resource } of order) op.type(resource.Type, logicalId)
  for (const ordered of order) {
    const standing = stack.resources.get(ordered.logicalId)
    if (standing === undefined) {
      stack.rollback?.touched.add(ordered.logicalId)
      await createResource(op, ordered)
    } else {
      await updateResource(op, standing, ordered)
    }
  }
  const outputs = op.outputs()
  op.settings.requireExports(outputs)
  stack.outputs = outputs
  const wanted = new Set(order.map(({ logicalId }) => logicalId))
  for (const resource of [...stack.resources.values()].filter(({ logicalId }) => !wanted.has(logicalId))) {
    stack.resources.delete(resource.logicalId)
    stack.leftovers.push({ ...resource, replacePolicy: resource.deletionPolicy })
  }
}
