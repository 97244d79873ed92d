import type { TopicCredentialsError } from './errors.js'

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
  /** The broker refused something that the grants allow: the policy behind them has changed. */
  refused: [TopicCredentialsError]
  /** Over for good: after `close()`, or with the error that no further attempt can mend. */
  closed: [TopicCredentialsError | undefined]
}
