import { matches, parseSubscription } from '@topic-credentials/grants/core'
import { operationOverdue } from '../common-errors.js'
import type { QoS, ReceivedPacket, Transport } from '../connection/transport.js'
import { TopicCredentialsError } from '../errors.js'
import { withDeadline } from '../support/deadline.js'
import { firstRefusal, quotaExceeded, type ReasonCode } from '../support/reason-codes.js'
import { DuplicateFilter } from './duplicate-filter.js'
import { Message } from './message.js'
import { type SubscribeOptions, Subscription } from './subscription.js'
import type { UnmatchedMessages } from './unmatched-messages.js'

/** AWS IoT's limit for one connection. */
const maxSubscriptions = 50
/** How many times a filter is sent if AWS IoT throttles it: other clients may be subscribing as well. */
const maxTries = 6

/** Maximum time for the broker's response to a subscription: as long as AWS IoT keeps a session by default. */
const subscribeTimeoutMs = 3_600_000
/** Maximum time that closing a subscription waits for the broker's response. */
const unsubscribeDeadlineMs = 5_000

/** Creates the error for a refusal of the broker, and reports it. */
type Refused = (code: ReasonCode, operation: 'subscribe' | 'unsubscribe') => Promise<Error>

/** The subscriptions of one session: creates them, delivers messages to them, restores them if the broker lost them. */
export class Subscriptions {
  readonly #transport: Pick<Transport, 'subscribe' | 'unsubscribe'>
  readonly #turn: (refusals: number) => Promise<void>
  readonly #repetition = new DuplicateFilter()
  readonly #unmatched: UnmatchedMessages
  readonly #all = new Map<Subscription, Refused>()

  /** @param turn waits before a filter is sent again that was throttled this many times */
  constructor(
    transport: Pick<Transport, 'subscribe' | 'unsubscribe'>,
    turn: (refusals: number) => Promise<void>,
    unmatched: UnmatchedMessages,
  ) {
    this.#transport = transport
    this.#turn = turn
    this.#unmatched = unmatched
  }

  /**
   * @param refused creates the error for a filter that the broker refuses
   * @throws TopicCredentialsError `quota_exceeded`
   */
  add(filter: string, options: SubscribeOptions, refused: Refused): Subscription {
    const filters = this.#filters()
    if (filters.size >= maxSubscriptions && !filters.has(filter)) throw tooMany(filter)
    const made = new Subscription(this, filter, options, (subscription) => {
      // Registered before the SUBACK, because messages may arrive earlier.
      this.#all.set(subscription, refused)
      return this.#request(subscription)
    })
    for (const message of this.#unmatched.claim((waiting) => isFor(waiting, filter))) made.deliver(message)
    return made
  }

  deliver(packet: ReceivedPacket): void {
    if (this.#repetition.isDuplicate(packet)) return
    const message = new Message(packet)
    let matched = false
    for (const subscription of this.#all.keys()) {
      if (!isFor(message, subscription.filter)) continue
      matched = true
      subscription.deliver(message)
    }
    if (!matched) this.#unmatched.take(message)
  }

  /** @throws the error of `refused` if the broker refuses within the deadline; a later refusal is only reported */
  async unsubscribe(subscription: Subscription): Promise<void> {
    const refused = this.#all.get(subscription)
    this.#all.delete(subscription)
    const stillWanted = this.#filters().has(subscription.filter)
    if (stillWanted) return
    let refusal: Error | undefined
    const answered = async () => {
      const code = await this.#transport.unsubscribe(subscription.filter)
      if (code >= firstRefusal) refusal = await refused?.(code, 'unsubscribe')
    }
    // Without a connection, the UNSUBSCRIBE waits for the next one; the caller does not.
    await withDeadline(answered, unsubscribeDeadlineMs, () => new Error('late')).catch(() => {})
    if (refusal !== undefined) throw refusal
  }

  /** The broker has lost the session: subscribes to all filters again. */
  restore(): void {
    for (const subscription of this.#all.keys()) this.#request(subscription).catch(() => {})
  }

  /** Ends the subscriptions for which `reason` returns an error. */
  endWhere(reason: (subscription: Subscription) => Error | undefined): void {
    for (const subscription of [...this.#all.keys()]) {
      const error = reason(subscription)
      if (error === undefined) continue
      subscription.end(error)
      this.unsubscribe(subscription).catch(() => {})
    }
  }

  /** Ends all subscriptions. Buffered messages are still delivered. */
  end(error: TopicCredentialsError | undefined): void {
    for (const subscription of this.#all.keys()) subscription.end(error)
    this.#all.clear()
  }

  #filters(): Set<string> {
    return new Set([...this.#all.keys()].map(({ filter }) => filter))
  }

  async #request(subscription: Subscription): Promise<QoS> {
    const { filter, options } = subscription
    const { timeoutMs = subscribeTimeoutMs } = options
    const asked = withDeadline(
      () => this.#ask(subscription),
      timeoutMs,
      () => operationOverdue('the subscription to', filter, timeoutMs),
    )
    const code = await asked.catch((error: unknown) => {
      this.#all.delete(subscription)
      throw error
    })
    if (code < firstRefusal) return code === 0 ? 0 : 1
    const refused = this.#all.get(subscription)
    this.#all.delete(subscription)
    const error = (await refused?.(code, 'subscribe')) ?? new Error('The subscription has ended')
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

function isFor({ topic }: Message, filter: string): boolean {
  return matches(parseSubscription(filter).filter, topic)
}

function tooMany(filter: string): TopicCredentialsError {
  return new TopicCredentialsError(`'${filter}' would be subscription ${maxSubscriptions + 1} of this connection`, {
    code: 'quota_exceeded',
    value: filter,
    remedy: 'Use a wildcard, or open another session.',
  })
}
