import { deleteResource, failureReason, ResourceFailed } from '../change-resource.js'
import type { StackResource } from '../stack.js'
import type { Operation } from './operation.js'

/** Deletes everything in reverse dependency order. */
export async function deleteStack(op: Operation, retain: readonly string[] = []): Promise<void> {
  op.stackEvent('DELETE_IN_PROGRESS', 'User Initiated')
  const failures = await deleteResources(op, (resource) => {
    return resource.deletionPolicy.startsWith('Retain') || retain.includes(resource.logicalId)
  })
  if (failures.length > 0) {
    op.stackEvent('DELETE_FAILED', failureReason(failures))
    return
  }
  op.stack.deletedAt = op.services.clock.now()
  op.stackEvent('DELETE_COMPLETE')
}

/** Undoes a creation. Resources to be retained stay, unless they are retained except on creation. */
export async function rollBackCreation(
  op: Operation,
  reason: string,
  { retainExceptOnCreate = false }: { readonly retainExceptOnCreate?: boolean } = {},
): Promise<void> {
  op.stackEvent('ROLLBACK_IN_PROGRESS', reason)
  const failures = await deleteResources(
    op,
    ({ deletionPolicy }) => deletionPolicy === 'Retain' && !retainExceptOnCreate,
  )
  if (failures.length > 0) {
    op.stackEvent('ROLLBACK_FAILED', failureReason(failures))
  } else {
    op.stackEvent('ROLLBACK_COMPLETE')
  }
}

/** A resource that cannot be deleted keeps its dependencies. */
async function deleteResources(
  op: Operation,
  retained: (resource: StackResource) => boolean,
): Promise<ResourceFailed[]> {
  const { stack } = op
  op.total = stack.resources.size
  const failures: ResourceFailed[] = []
  for (const resource of deletionOrder([...stack.resources.values()])) {
    const needed = failures.some(({ logicalId }) => reaches(stack.resources, logicalId, resource.logicalId))
    if (needed) continue
    if (retained(resource) && resource.physicalId !== '') {
      op.resourceEvent(resource, 'DELETE_SKIPPED')
      stack.resources.delete(resource.logicalId)
      continue
    }
    try {
      await deleteResource(op, op.record(resource, 'DELETE_IN_PROGRESS'))
      stack.resources.delete(resource.logicalId)
    } catch (error) {
      if (!(error instanceof ResourceFailed)) throw error
      op.record(resource, 'DELETE_FAILED', {}, error.message)
      failures.push(error)
    }
  }
  return failures
}

/** Each resource before its dependencies; otherwise the newest first. */
export function deletionOrder(resources: readonly StackResource[]): StackResource[] {
  const byId = new Map(resources.map((one) => [one.logicalId, one]))
  const done = new Set<StackResource>()
  const visit = (resource: StackResource) => {
    if (done.has(resource)) return
    done.add(resource)
    for (const name of resource.needs) {
      const needed = byId.get(name)
      if (needed !== undefined) visit(needed)
    }
    order.push(resource)
  }
  const order: StackResource[] = []
  for (const resource of resources) visit(resource)
  return order.reverse()
}

function reaches(resources: ReadonlyMap<string, StackResource>, from: string, to: string): boolean {
  const seen = new Set<string>()
  const visit = (name: string): boolean => {
    if (name === to) return true
    if (seen.has(name)) return false
    seen.add(name)
    return resources.get(name)?.needs.some(visit) ?? false
  }
  return visit(from)
}
