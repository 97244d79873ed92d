import { listParameter } from '../../../protocols/query.js'
import { type ApiInput, may, stackArn, time } from '../input.js'

/** Including deleted stacks. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html */
export function listStacks(input: ApiInput) {
  may(input, 'ListStacks', stackArn(input, '*'))
  const wanted = listParameter(input.parameters, 'StackStatusFilter')
  const stacks = input.stacks.list().filter(({ status }) => wanted.length === 0 || wanted.includes(status))
  return {
    StackSummaries: stacks.map((stack) => ({
      StackId: stack.stackId,
      StackName: stack.stackName,
      TemplateDescription: stack.definition.template.Description,
      CreationTime: time(stack.createdAt),
      LastUpdatedTime: time(stack.updatedAt),
      DeletionTime: time(stack.deletedAt),
      StackStatus: stack.status,
      StackStatusReason: stack.reason,
      DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
    })),
  }
}
