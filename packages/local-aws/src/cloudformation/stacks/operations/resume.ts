import { type Realised, resourceRequest } from '../../resources/resource-type.js'
import { creationOrder } from '../../template/dependencies.js'
import { resolveValue } from '../../template/intrinsics.js'
import { isInProgress, type Stack, type StackResource } from '../stack.js'
import type { Stacks } from '../stacks.js'
import { cleanUp } from './clean-up.js'
import { deleteStack, deletionOrder, rollBackCreation } from './delete.js'
import { Operation } from './operation.js'
import { rollBackUpdate } from './rollback.js'

/** Restores a saved stack with its previous names. No requests are sent to functions, and no events are written. */
export async function resumeStack(stack: Stack, stacks: Stacks): Promise<void> {
  stacks.add(stack)
  if (stack.deletedAt !== undefined) return
  const op = new Operation(stack, stacks.settings(stack))
  const whole = !isInProgress(stack.status) && stack.rollback === undefined
  const order = new Map(whole ? creationOrder(op.scope()).map((one) => [one.logicalId, one]) : [])
  for (const resource of [...deletionOrder([...stack.resources.values()]).reverse(), ...stack.leftovers]) {
    if (resource.physicalId === '') continue
    const template = order.get(resource.logicalId)?.resource
    // Ports may have changed, so values are evaluated again from the template if possible.
    const values = template === undefined ? undefined : resolveValue(template.Properties ?? {}, op.scope())
    const next = values === undefined ? resource : { ...resource, properties: values as Record<string, unknown> }
    const { attributes = {} } = await comeBack(op, next)
    if (!stack.leftovers.includes(resource)) stack.resources.set(resource.logicalId, { ...next, attributes })
  }
  if (whole) stack.outputs = op.outputs()
}

/** Completes operations that were in progress when the stand-in ended: changes are rolled back, deletions continue. */
export function continueStack(stack: Stack, stacks: Stacks): void {
  if (stack.deletedAt !== undefined) return
  const reason = 'The stand-in ended during this operation'
  const work: Readonly<Record<string, (op: Operation) => Promise<void>>> = {
    CREATE_IN_PROGRESS: (op) => rollBackCreation(op, reason),
    ROLLBACK_IN_PROGRESS: (op) => rollBackCreation(op, reason),
    UPDATE_IN_PROGRESS: (op) => rollBackUpdate(op, reason),
    UPDATE_ROLLBACK_IN_PROGRESS: (op) => rollBackUpdate(op, reason),
    UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: (op) => finish(op, 'UPDATE_COMPLETE'),
    UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: (op) => finish(op, 'UPDATE_ROLLBACK_COMPLETE'),
    DELETE_IN_PROGRESS: (op) => deleteStack(op),
  }
  const next = work[stack.status]
  if (next !== undefined) stacks.begin(stack, next)
}

async function finish(op: Operation, status: string): Promise<void> {
  await cleanUp(op)
  op.stackEvent(status)
}

async function comeBack(op: Operation, resource: StackResource): Promise<Realised> {
  const { logicalId, physicalId, properties: values, attributes, generation } = resource
  const type = op.type(resource.type, logicalId)
  if (type.outlives) return { ref: physicalId, attributes }
  const subject = { logicalId, type: resource.type, values, physicalId, generation }
  const request = resourceRequest(type, subject, op.services, op.place)
  return type.create(request)
}
