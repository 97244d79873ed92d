import { type ApiInput, findStack } from '../input.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html */
export function updateTerminationProtection(input: ApiInput) {
  const stack = findStack(input, 'UpdateTerminationProtection')
  stack.terminationProtection = input.parameters.get('EnableTerminationProtection') === 'true'
  input.stacks.touch()
  return { StackId: stack.stackId }
}
