import { type ApiInput, findStack, time } from '../input.js'

/** Events of operations; here those of the stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html */
export function describeEvents(input: ApiInput) {
  const stack = findStack(input, 'DescribeEvents')
  const failedOnly = input.parameters.get('Filters.FailedEvents') === 'true'
  const ofChangeSet = input.parameters.get('ChangeSetName') !== null
  const events = ofChangeSet ? [] : stack.events.filter(({ status }) => !failedOnly || status.endsWith('_FAILED'))
  return {
    OperationEvents: events.toReversed().map((event) => ({
      EventId: event.eventId,
      StackId: stack.stackId,
      EventType: 'STACK_EVENT',
      LogicalResourceId: event.logicalId,
      PhysicalResourceId: event.physicalId,
      ResourceType: event.type,
      Timestamp: time(event.at),
      ResourceStatus: event.status,
      ResourceStatusReason: event.reason,
    })),
  }
}
