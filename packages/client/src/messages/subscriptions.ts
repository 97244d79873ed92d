import { matches } from '@topic-credentials/grants/client'
import type { QoS, ReceivedPacket, Transport } from '../connection/transport.js'
import { TopicCredentialsError } from '../errors.js'
import { firstRefusal, quotaExceeded, type ReasonCode } from '../support/reason-codes.js'
import { DuplicateFilter } from './duplicate-filter.js'
import { Message } from './message.js'
import { type SubscribeOptions, Subscription } from './subscription.js'

/** AWS IoT's limit for one connection. */
const maxSubscriptions = 50
/** So often a filter is sent that AWS IoT has no quota left for: others may be subscribing as well. */
const maxTries = 6

type Refused = (code: ReasonCode) => Error

/** The subscriptions of one session: makes them, hands messages to them, makes them again where the broker lost them. */
export class Subscriptions {
  readonly #transport: Pick<Transport, 'subscribe' | 'unsubscribe'>
  readonly #turn: (refusals: number) => Promise<void>
  readonly #repetition = new DuplicateFilter()
  readonly #all = new Map<Subscription, Refused>()

  /** @param turn waits before a filter is sent again that was throttled so many times */
  constructor(transport: Pick<Transport, 'subscribe' | 'unsubscribe'>, turn: (refusals: number) => Promise<void>) {
    this.#transport = transport
    this.#turn = turn
  }

  /**
   * @param refused makes the error for a filter that the broker refuses
   * @throws TopicCredentialsError `quota_exceeded`
   */
  add(filter: string, options: SubscribeOptions, refused: Refused): Subscription {
    if (this.#filters().size >= maxSubscriptions && !this.#filters().has(filter)) throw tooMany(filter)
    return new Subscription(this, filter, options, (subscription) => {
      // Before the SUBACK: messages may arrive ahead of it.
      this.#all.set(subscription, refused)
      return this.#request(subscription)
    })
  }

  deliver(packet: ReceivedPacket): void {
    if (this.#repetition.isDuplicate(packet)) return
    const message = new Message(packet)
    for (const subscription of this.#all.keys()) {
      if (matches(withoutGroup(subscription.filter), packet.topic)) subscription.deliver(message)
    }
  }

  async unsubscribe(subscription: Subscription): Promise<void> {
    this.#all.delete(subscription)
    const stillWanted = this.#filters().has(subscription.filter)
    // Fails when the connection is gone: then there is nothing to unsubscribe from.
    if (!stillWanted) await this.#transport.unsubscribe(subscription.filter).catch(() => {})
  }

  /** The broker has no session of ours any more: subscribes to everything anew. */
  restore(): void {
    for (const subscription of this.#all.keys()) this.#request(subscription).catch(() => {})
  }

  /** Ends those for which there is a reason to. */
  endWhere(reason: (subscription: Subscription) => Error | undefined): void {
    for (const subscription of [...this.#all.keys()]) {
      const error = reason(subscription)
      if (error === undefined) continue
      subscription.end(error)
      void this.unsubscribe(subscription)
    }
  }

  /** No more messages. Those in the buffers are still handed out. */
  end(error: TopicCredentialsError | undefined): void {
    for (const subscription of this.#all.keys()) subscription.end(error)
    this.#all.clear()
  }

  #filters(): Set<string> {
    return new Set([...this.#all.keys()].map(({ filter }) => filter))
  }

  async #request(subscription: Subscription): Promise<QoS> {
    const code = await this.#ask(subscription)
    if (code < firstRefusal) return code === 0 ? 0 : 1
    const refused = this.#all.get(subscription)
    this.#all.delete(subscription)
    const error = refused?.(code) ?? new Error('The subscription has ended')
    subscription.end(error)
    throw error
  }

  async #ask(subscription: Subscription): Promise<ReasonCode> {
    const { filter, options } = subscription
    for (let tries = 1; ; tries++) {
      const code = await this.#transport.subscribe(filter, options.qos ?? 1)
      if (code !== quotaExceeded || tries === maxTries) return code
      await this.#turn(tries)
      if (!this.#all.has(subscription)) return code
    }
  }
}

/** `$share/<group>/<filter>` receives what `<filter>` matches. */
function withoutGroup(filter: string): string {
  return filter.replace(/^\$share\/[^/]+\//u, '')
}

function tooMany(filter: string): TopicCredentialsError {
  return new TopicCredentialsError(`'${filter}' would be subscription ${maxSubscriptions + 1} of this connection`, {
    code: 'quota_exceeded',
    value: filter,
    remedy: 'Subscribe with a wildcard instead, end a subscription, or open another session.',
  })
}
