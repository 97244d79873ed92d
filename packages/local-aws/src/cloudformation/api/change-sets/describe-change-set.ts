import type { ApiInput } from '../input.js'
import { changeSetView } from '../views/views.js'
import { findChangeSet, noChangeSet } from './change-set.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html */
export function describeChangeSet(input: ApiInput) {
  const found = findChangeSet(input, 'DescribeChangeSet')
  if (found === undefined) throw noChangeSet(input.parameters.get('ChangeSetName'))
  return changeSetView(found.stack, found.changeSet, input.parameters.get('IncludePropertyValues') === 'true')
}
