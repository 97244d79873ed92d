import { type ApiInput, findStack } from '../input.js'
import { resourceView } from './views.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html */
export function listStackResources(input: ApiInput) {
  const stack = findStack(input, 'ListStackResources')
  return {
    StackResourceSummaries: [...stack.resources.values()].map((one) =>
      resourceView(stack, one, 'LastUpdatedTimestamp'),
    ),
  }
}
