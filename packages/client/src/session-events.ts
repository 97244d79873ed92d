import type { TopicCredentialsError } from './errors.js'
import type { Message } from './messages/message.js'

export type SessionState = 'closed' | 'connected' | 'connecting' | 'interrupted'

/** What a program can listen to. */
export interface SessionEvents {
  /** An attempt to connect begins: the first, or one after an interruption. */
  connecting: []
  /** Connected, for the first time or again. `resumed`: the broker had kept the session. */
  connected: [{ readonly resumed: boolean }]
  /** The connection now rests on new credentials. */
  renewed: [{ readonly accessKeyId: string; readonly expiration: Date }]
  /** The connection is gone, or an attempt to get it back failed; the next attempt follows by itself. */
  interrupted: [TopicCredentialsError]
  /**
   * A message that no subscription matches: sent directly to this client ID (AWS IoT's SendDirectMessage), or kept by the broker for a
   * session that was resumed and subscribes to its topic no more. Up to 1,000 wait for the first listener.
   */
  direct: [Message]
  /** The broker refused something that the grants allow: the policy behind them has changed, or AWS IoT does not support it. */
  refused: [TopicCredentialsError]
  /** Over for good: after `close()`, or with the error that no further attempt can mend. */
  closed: [TopicCredentialsError | undefined]
}
