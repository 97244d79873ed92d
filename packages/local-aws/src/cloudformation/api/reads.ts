import { listParameter } from '../../protocols/query.js'
import { readTemplate, templateText } from './definition.js'
import { findStack, invalid, isSet, may, stackArn, time } from './input.js'
import type { Operations } from './operations.js'
import { eventView, resourceView, stackView, whatHappened } from './views.js'

const eventsPerPage = 100

/** Each is described at https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/ under `API_` and its name. */
export const readOperations: Operations = {
  DescribeStacks(input) {
    if (input.parameters.get('StackName')) return { Stacks: [stackView(findStack(input, 'DescribeStacks'))] }
    may(input, 'DescribeStacks', stackArn(input, '*'))
    const stacks = input.stacks.list().filter(({ deletedAt }) => deletedAt === undefined)
    return { Stacks: stacks.map(stackView) }
  },

  /** Including deleted stacks. */
  ListStacks(input) {
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
  },

  /** Newest first. */
  DescribeStackEvents(input) {
    const stack = findStack(input, 'DescribeStackEvents')
    const token = input.parameters.get('NextToken')
    // Counted from the oldest event, so that new events do not shift the pages.
    const end = token === null ? stack.events.length : Number(token)
    if (!Number.isInteger(end) || end < 0 || end > stack.events.length) throw invalid('Invalid NextToken')
    const start = Math.max(0, end - eventsPerPage)
    const page = stack.events.slice(start, end).reverse()
    return {
      StackEvents: page.map((event) => eventView(stack, event)),
      NextToken: start > 0 ? String(start) : undefined,
    }
  },

  /** Events of operations; here, those of the stack. */
  DescribeEvents(input) {
    const stack = findStack(input, 'DescribeEvents')
    const failedOnly = isSet(input, 'Filters.FailedEvents')
    const ofChangeSet = input.parameters.get('ChangeSetName') !== null
    const events = ofChangeSet ? [] : stack.events.filter(({ status }) => !failedOnly || status.endsWith('_FAILED'))
    return {
      OperationEvents: events.toReversed().map((event) => ({
        EventId: event.eventId,
        StackId: stack.stackId,
        EventType: 'STACK_EVENT',
        ...whatHappened(event),
      })),
    }
  },

  DescribeStackResources(input) {
    const stack = findStack(input, 'DescribeStackResources')
    const wanted = input.parameters.get('LogicalResourceId')
    const found = [...stack.resources.values()].filter(({ logicalId }) => wanted === null || logicalId === wanted)
    if (wanted !== null && found.length === 0) throw noResource(wanted, stack.stackName)
    return { StackResources: found.map((resource) => resourceView(stack, resource, 'Timestamp')) }
  },

  DescribeStackResource(input) {
    const stack = findStack(input, 'DescribeStackResource')
    const wanted = input.parameters.get('LogicalResourceId') ?? ''
    const found = stack.resources.get(wanted)
    if (found === undefined) throw noResource(wanted, stack.stackName)
    return { StackResourceDetail: resourceView(stack, found, 'LastUpdatedTimestamp') }
  },

  ListStackResources(input) {
    const stack = findStack(input, 'ListStackResources')
    const resources = [...stack.resources.values()]
    return { StackResourceSummaries: resources.map((one) => resourceView(stack, one, 'LastUpdatedTimestamp')) }
  },

  /** The original template, except that AWS returns question marks for characters outside ASCII: https://github.com/aws/aws-cdk-cli/issues/1915 */
  GetTemplate(input) {
    const { templateBody } = findStack(input, 'GetTemplate').definition
    return {
      TemplateBody: templateBody.replaceAll(/[^\t\n\r -~]/gu, '?'),
      StagesAvailable: ['Original', 'Processed'],
    }
  },

  async GetTemplateSummary(input) {
    const named = input.parameters.get('StackName')
    if (!named) may(input, 'GetTemplateSummary', stackArn(input, '*'))
    const text = named ? findStack(input, 'GetTemplateSummary').definition.templateBody : await templateText(input)
    const template = await readTemplate(text, named ?? '')
    return {
      Description: template.Description,
      Parameters: Object.entries(template.Parameters ?? {}).map(([name, { Type, Default, Description }]) => ({
        ParameterKey: name,
        ParameterType: Type,
        DefaultValue: Default === undefined ? undefined : String(Default),
        Description,
      })),
      ResourceTypes: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))],
    }
  },

  ListExports(input) {
    may(input, 'ListExports', stackArn(input, '*'))
    return {
      Exports: input.stacks.exported().map(({ stackId, exportName, value }) => ({
        ExportingStackId: stackId,
        Name: exportName,
        Value: value,
      })),
    }
  },
}

function noResource(logicalId: string, stackName: string) {
  return invalid(`Resource ${logicalId} does not exist for stack ${stackName}`)
}
