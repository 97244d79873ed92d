import type { PublishOptions } from '../messages/publisher.js'
import type { SubscribeOptions, Subscription } from '../messages/subscription.js'
import type { SessionEvents } from '../session-events.js'
import type { Emitter } from '../support/emitter.js'

/** The part of a session that requests and responses use. */
export interface RequestSession extends Pick<Emitter<SessionEvents>, 'on' | 'once'> {
  readonly userId: string
  can(operation: 'publish' | 'subscribe', topic: string): boolean
  publish(topic: string, payload: unknown, options: PublishOptions): Promise<void>
  subscribe(filter: string, options: SubscribeOptions): Subscription
}

/** Where the replies to one session arrive. */
export interface Replies {
  /** A topic that no other session has. */
  readonly topic: string
  /** Number of messages that were not the first reply to a waiting request: forged, late, or repeated. */
  dropped: number
}
