import { deleteConnection } from './delete-connection.js'
import { getConnection } from './get-connection.js'
import { getRetainedMessage } from './get-retained-message.js'
import { listRetainedMessages } from './list-retained-messages.js'
import { listSubscriptions } from './list-subscriptions.js'
import type { Operation } from './operation.js'
import { publish } from './publish.js'
import { sendDirectMessage } from './send-direct-message.js'

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
