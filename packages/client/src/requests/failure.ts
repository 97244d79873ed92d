import type { UserProperty } from '../connection/message-properties.js'
import type { Message } from '../messages/message.js'

/** Marks a reply that says only that the handler failed: why, is the responder's own concern. */
export const failure: UserProperty = ['response', 'failed']

export function isFailure({ userProperties }: Message): boolean {
  return userProperties.some(([name, value]) => name === failure[0] && value === failure[1])
}
