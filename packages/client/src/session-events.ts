import type { TopicCredentialsError } from './errors.js'
import type { Message } from './messages/message.js'

export type SessionState = 'closed' | 'connected' | 'connecting' | 'interrupted'

/** The events of a session. */
export interface SessionEvents {
  /** An attempt to connect starts: the first one, or one after an interruption. */
  connecting: []
  /** Connected, for the first time or again. `resumed`: the broker had kept the session. */
  connected: [{ readonly resumed: boolean }]
  /** The connection now uses new credentials. */
  renewed: [{ readonly accessKeyId: string; readonly expiration: Date }]
  /** The connection was lost, or an attempt to reconnect failed; the next attempt follows automatically. */
  interrupted: [TopicCredentialsError]
  /**
   * A message that no subscription matches: sent directly to this client ID (AWS IoT's SendDirectMessage), or queued for a resumed session
   * that no longer subscribes to its topic. Up to 1,000 wait for the first listener.
   */
  direct: [Message]
  /** The broker refused an operation that the grants allow: the policy behind them has changed, or AWS IoT does not support the operation. */
  refused: [TopicCredentialsError]
  /** The session has ended: after `close()`, or with an error that no further attempt can resolve. */
  closed: [TopicCredentialsError | undefined]
}
