import { deleteConnection, getConnection, listSubscriptions, sendDirectMessage } from './connections.js'
import { getRetainedMessage, listRetainedMessages, publish } from './messages.js'
import type { Operation } from './operation.js'

export type { ApiRequest } from './operation.js'

/** All operations except those of device shadows, which are not modelled. */
export const operations: readonly Operation[] = [
  publish,
  getRetainedMessage,
  listRetainedMessages,
  listSubscriptions,
  sendDirectMessage,
  getConnection,
  deleteConnection,
]
