import { failureReason, ResourceFailed, restoreResource } from '../change-resource.js'
import { cleanUp } from './clean-up.js'
import { deletionOrder } from './delete.js'
import type { Operation } from './operation.js'

/**
 * Rolls back an update: changed resources get their previous properties, replaced ones are restored, and created ones are deleted at the
 * end. If a resource cannot be restored, the stack enters UPDATE_ROLLBACK_FAILED, from which the rollback can be continued.
 *
 * @param skip logical IDs that are considered restored without a change:
 *   https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
 */
export async function rollBackUpdate(op: Operation, reason?: string, skip: readonly string[] = []): Promise<void> {
  const { stack } = op
  const target = stack.rollback
  if (target === undefined) throw new Error(`The stack ${stack.stackName} has nothing to be rolled back to`)
  op.stackEvent('UPDATE_ROLLBACK_IN_PROGRESS', reason)
  stack.definition = target.definition
  op.total = target.touched.size
  for (const former of deletionOrder([...target.resources.values()]).reverse()) {
    const { logicalId } = former
    const now = stack.resources.get(logicalId)
    if (now === undefined || !target.touched.has(logicalId)) {
      stack.resources.set(logicalId, former)
      stack.leftovers = stack.leftovers.filter((one) => one.logicalId !== logicalId)
      continue
    }
    if (skip.includes(logicalId)) {
      op.resourceEvent(op.record(former, 'UPDATE_COMPLETE'), 'UPDATE_COMPLETE')
    } else {
      try {
        await restoreResource(op, now, former)
      } catch (error) {
        if (!(error instanceof ResourceFailed)) throw error
        op.stackEvent('UPDATE_ROLLBACK_FAILED', failureReason([error]))
        return
      }
    }
    target.touched.delete(logicalId)
  }
  for (const [logicalId, created] of stack.resources) {
    if (target.resources.has(logicalId)) continue
    stack.resources.delete(logicalId)
    // DeletionPolicy RetainExceptOnCreate does not retain a resource that the failed update created.
    const policy = created.deletionPolicy === 'Retain' ? 'Retain' : 'Delete'
    stack.leftovers.push({ ...created, replacePolicy: policy })
  }
  delete stack.rollback
  stack.outputs = op.outputs()
  op.stackEvent('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')
  await cleanUp(op)
  op.stackEvent('UPDATE_ROLLBACK_COMPLETE')
}
