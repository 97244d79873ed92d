import { type ApiInput, findStack, invalid } from '../input.js'
import { eventView } from './views.js'

const pageLength = 100

/** Newest first. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html */
export function describeStackEvents(input: ApiInput) {
  const stack = findStack(input, 'DescribeStackEvents')
  const token = input.parameters.get('NextToken')
  // Counted from the oldest event, so that new events do not shift the pages.
  const end = token === null ? stack.events.length : Number(token)
  if (!Number.isInteger(end) || end < 0 || end > stack.events.length) throw invalid('Invalid NextToken')
  const start = Math.max(0, end - pageLength)
  return {
    StackEvents: stack.events
      .slice(start, end)
      .reverse()
      .map((event) => eventView(stack, event)),
    NextToken: start > 0 ? String(start) : undefined,
  }
}
