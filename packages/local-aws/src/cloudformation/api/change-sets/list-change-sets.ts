import { type ApiInput, findStack, time } from '../input.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html */
export function listChangeSets(input: ApiInput) {
  const stack = findStack(input, 'ListChangeSets')
  return {
    Summaries: [...stack.changeSets.values()].map((one) => ({
      StackId: stack.stackId,
      StackName: stack.stackName,
      ChangeSetId: one.id,
      ChangeSetName: one.name,
      ExecutionStatus: one.executionStatus,
      Status: one.status,
      StatusReason: one.reason,
      CreationTime: time(one.createdAt),
      Description: one.description,
    })),
  }
}
