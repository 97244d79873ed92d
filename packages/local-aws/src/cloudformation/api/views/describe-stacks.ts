import { type ApiInput, findStack, may, stackArn } from '../input.js'
import { stackView } from './views.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
export function describeStacks(input: ApiInput) {
  if (input.parameters.get('StackName')) return { Stacks: [stackView(findStack(input, 'DescribeStacks'))] }
  may(input, 'DescribeStacks', stackArn(input, '*'))
  const stacks = input.stacks.list().filter(({ deletedAt }) => deletedAt === undefined)
  return { Stacks: stacks.map(stackView) }
}
