import type { ApiInput } from '../input.js'
import { findChangeSet } from './change-set.js'

/** One that is not there is deleted as well. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html */
export function deleteChangeSet(input: ApiInput) {
  const found = findChangeSet(input, 'DeleteChangeSet')
  found?.stack.changeSets.delete(found.changeSet.name)
  input.stacks.touch()
  return {}
}
