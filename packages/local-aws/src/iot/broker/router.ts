import type { Observer } from '../observer.js'
import type { Message, Subscription } from './message.js'
import type { MqttSession } from './mqtt-session.js'
import type { RetainedMessages } from './retained-messages.js'
import { TopicTree } from './topic-tree.js'

/** Receives the messages of a topic filter, for any recipient. */
export type Listener = (message: Message) => void

/** Finds the subscribers of a topic. */
export class Router {
  readonly #retained: RetainedMessages
  readonly #observer: Pick<Observer, 'message'> | undefined
  readonly #subscriptions = new TopicTree<MqttSession, Subscription>()
  readonly #listeners = new TopicTree<Listener, true>()

  /** @param observer receives each message */
  constructor(retained: RetainedMessages, observer?: Pick<Observer, 'message'>) {
    this.#retained = retained
    this.#observer = observer
  }

  subscribe(session: MqttSession, filter: string, subscription: Subscription): void {
    this.#subscriptions.set(filter, session, subscription)
  }

  unsubscribe(session: MqttSession, filter: string): void {
    this.#subscriptions.delete(filter, session)
  }

  listen(filter: string, listener: Listener): void {
    this.#listeners.set(filter, listener, true)
  }

  unlisten(filter: string, listener: Listener): void {
    this.#listeners.delete(filter, listener)
  }

  /** Overlapping subscriptions of one session deliver a message once, with the best of their options. */
  publish(message: Message, publisher?: MqttSession): void {
    const { topic, retain } = message
    this.#observer?.message(message)
    if (retain) this.#retained.keep(message)
    const receivers = new Map<MqttSession, { qos: 0 | 1; retain: boolean }>()
    for (const [session, subscription] of this.#subscriptions.match(topic)) {
      if (subscription.noLocal && session === publisher) continue
      const known = receivers.get(session) ?? { qos: 0, retain: false }
      receivers.set(session, {
        qos: subscription.qos === 1 && message.qos === 1 ? 1 : known.qos,
        retain: known.retain || (retain && subscription.retainAsPublished),
      })
    }
    for (const [session, delivery] of receivers) session.deliver(message, delivery)
    for (const [listener] of this.#listeners.match(topic)) listener(message)
  }
}
