import { matches } from '@topic-credentials/grants'
import type { TopicCredentialsError } from './errors.js'
import { type SubscribeOptions, Subscription } from './subscription.js'
import { FIRST_REFUSAL, type Message, type QoS, type ReasonCode, type Transport } from './transport.js'

/** The subscriptions of one session: makes them, hands messages to them, makes them again where the broker lost them. */
export class Subscriptions {
  readonly #transport: Transport
  readonly #all = new Set<Subscription>()

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** @param refused makes the error for a filter that the broker refuses */
  add(filter: string, options: SubscribeOptions, refused: (code: ReasonCode) => Error): Subscription {
    const { promise, resolve, reject } = deferred<QoS>()
    const subscription = new Subscription(this, filter, options, promise)
    // Before the SUBACK: messages may arrive ahead of it.
    this.#all.add(subscription)
    this.#transport.subscribe(filter, options.qos ?? 1).then((code) => {
      if (code < FIRST_REFUSAL) return resolve(code === 0 ? 0 : 1)
      this.#all.delete(subscription)
      reject(refused(code))
    }, reject)
    return subscription
  }

  deliver(message: Message): void {
    for (const subscription of this.#all)
      if (matches(withoutGroup(subscription.filter), message.topic)) subscription.deliver(message)
  }

  async unsubscribe(subscription: Subscription): Promise<void> {
    this.#all.delete(subscription)
    const stillWanted = [...this.#all].some(({ filter }) => filter === subscription.filter)
    // Fails when the connection is gone: then there is nothing to unsubscribe from.
    if (!stillWanted) await this.#transport.unsubscribe(subscription.filter).catch(() => {})
  }

  /** The broker has no session of ours any more: subscribes to everything anew. */
  async restore(): Promise<void> {
    await Promise.all(
      [...this.#all].map(async (subscription) => {
        const code = await this.#transport.subscribe(subscription.filter, subscription.options.qos ?? 1).catch(() => 0)
        if (code < FIRST_REFUSAL) return
        this.#all.delete(subscription)
        subscription.end()
      }),
    )
  }

  /** No more messages. Those in the buffers are still handed out. */
  end(error: TopicCredentialsError | undefined): void {
    for (const subscription of this.#all) subscription.end(error)
    this.#all.clear()
  }
}

/** `$share/<group>/<filter>` receives what `<filter>` matches. */
function withoutGroup(filter: string): string {
  return filter.replace(/^\$share\/[^/]+\//u, '')
}

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((fulfil, fail) => {
    resolve = fulfil
    reject = fail
  })
  return { promise, resolve, reject }
}
