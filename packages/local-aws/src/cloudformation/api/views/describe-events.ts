import { type ApiInput, findStack } from '../input.js'
import { whatHappened } from './views.js'

/** Events of operations; here, those of the stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html */
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
      ...whatHappened(event),
    })),
  }
}
