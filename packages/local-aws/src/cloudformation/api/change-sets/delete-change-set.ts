import type { ApiInput } from '../input.js'
import { findChangeSet } from './change-set.js'

/** Succeeds for a change set that does not exist. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html */
export function deleteChangeSet(input: ApiInput) {
  const found = findChangeSet(input, 'DeleteChangeSet')
  found?.stack.changeSets.delete(found.changeSet.name)
  input.stacks.touch()
  return {}
}
