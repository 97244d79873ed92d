import type { UserProperty } from '../connection/message-properties.js'
import type { Message } from '../messages/message.js'

/** Marks the reply of a failed handler. It does not contain the reason, which only the responder gets. */
export const failure: UserProperty = ['response', 'failed']

export function isFailure({ userProperties }: Message): boolean {
  return userProperties.some(([name, value]) => name === failure[0] && value === failure[1])
}
