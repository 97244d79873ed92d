import { type ApiInput, findStack, invalid } from '../input.js'
import { resourceView } from './views.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html */
export function describeStackResources(input: ApiInput) {
  const stack = findStack(input, 'DescribeStackResources')
  const wanted = input.parameters.get('LogicalResourceId')
  const found = [...stack.resources.values()].filter(({ logicalId }) => wanted === null || logicalId === wanted)
  if (wanted !== null && found.length === 0) throw noResource(wanted, stack.stackName)
  return { StackResources: found.map((resource) => resourceView(stack, resource, 'Timestamp')) }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html */
export function describeStackResource(input: ApiInput) {
  const stack = findStack(input, 'DescribeStackResource')
  const wanted = input.parameters.get('LogicalResourceId') ?? ''
  const found = stack.resources.get(wanted)
  if (found === undefined) throw noResource(wanted, stack.stackName)
  return { StackResourceDetail: resourceView(stack, found, 'LastUpdatedTimestamp') }
}

function noResource(logicalId: string, stackName: string) {
  return invalid(`Resource ${logicalId} does not exist for stack ${stackName}`)
}
