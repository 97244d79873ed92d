import { deleteResource, ResourceFailed } from '../change-resource.js'
import type { StackResource } from '../stack.js'
import { deletionOrder } from './delete.js'
import type { Operation } from './operation.js'

/** How many times CloudFormation tries to delete what an update left behind. Source: awsdocs/aws-cloudformation-user-guide#764 */
const deletionAttempts = 3

/** Deletes resources that are no longer used; those that cannot be deleted are no longer part of the stack either. */
export async function cleanUp(op: Operation): Promise<boolean> {
  const { stack } = op
  let clean = true
  for (const resource of deletionOrder(stack.leftovers)) {
    if (resource.replacePolicy.startsWith('Retain') && resource.physicalId !== '') {
      op.resourceEvent(resource, 'DELETE_SKIPPED')
    } else {
      clean = (await deleteAtLast(op, resource)) && clean
    }
    stack.leftovers = stack.leftovers.filter((one) => one !== resource)
  }
  return clean
}

async function deleteAtLast(op: Operation, resource: StackResource): Promise<boolean> {
  for (let attempt = 1; attempt <= deletionAttempts; attempt++) {
    try {
      await deleteResource(op, resource)
      return true
    } catch (error) {
      if (!(error instanceof ResourceFailed)) throw error
    }
  }
  return false
}
