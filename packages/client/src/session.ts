import type { Grants } from '@topic-credentials/grants/core'
import { sessionClosed } from './common-errors.js'
import type { AskedGrants, VendedIdentity } from './credentials/vendor-options.js'
import { TopicCredentialsError } from './errors.js'
import { allows, notSent, ungranted } from './messages/grant-check.js'
import { Publisher, type PublishOptions } from './messages/publisher.js'
import type { SubscribeOptions, Subscription } from './messages/subscription.js'
import { Subscriptions } from './messages/subscriptions.js'
import type { TopicFilter, TopicName } from './messages/topic-types.js'
import { UnmatchedMessages } from './messages/unmatched-messages.js'
import type { ExchangeOptions } from './recovery/exchange.js'
import { Recovery } from './recovery/recovery.js'
import { Revalidation } from './recovery/revalidation.js'
import { Requests } from './requests/requests.js'
import type { SessionEvents, SessionState } from './session-events.js'
import type { SessionParts } from './session-parts.js'
import { aborted, sleep } from './support/abort.js'
import { loaded } from './support/loaded.js'
import { firstRefusal, notAuthorized, type ReasonCode } from './support/reason-codes.js'
import { refusal } from './support/refusals.js'
import { reconnectDelay } from './support/retry-delay.js'

/**
 * A connection that is limited to the granted topics, and that reconnects automatically with current credentials.
 *
 * Created by `connect`. Close it, or declare it with `await using`.
 */
export class Session extends Requests implements AsyncDisposable {
  readonly #parts: SessionParts
  readonly #recovery: Recovery
  readonly #revalidation: Revalidation
  readonly #subscriptions: Subscriptions
  readonly #publisher: Publisher
  readonly #unmatched: UnmatchedMessages
  #state: SessionState = 'connecting'
  #error: TopicCredentialsError | undefined
  #identity: VendedIdentity
  /** Whether a connection has been established before. */
  #stood = false

  constructor(parts: SessionParts) {
    super(parts.replyPrefix)
    this.#parts = parts
    this.#identity = parts.identity
    const { closing, spreadMs, transport } = parts
    this.#publisher = new Publisher({ transport, closing: closing.signal, notSent: (...why) => this.#notSent(...why) })
    this.#unmatched = new UnmatchedMessages((message) => this.emit('direct', message))
    this.#subscriptions = new Subscriptions(
      {
        subscribe: (filter, qos) => this.#publisher.answered(transport.subscribe(filter, qos)),
        unsubscribe: (filter) => transport.unsubscribe(filter),
      },
      (refusals) => sleep(reconnectDelay('throttled', refusals, Math.random(), spreadMs), closing.signal),
      this.#unmatched,
    )
    this.#revalidation = new Revalidation({
      credentials: parts.credentials,
      everyMs: parts.revalidateMs,
      closing: closing.signal,
      refused: (error) => void this.#close(error),
    })
    this.#recovery = new Recovery(parts)
    this.#recovery.on('connecting', () => {
      this.#state = 'connecting'
      this.emit('connecting')
    })
    this.#recovery.on('connected', ({ resumed }) => this.#onConnected(resumed))
    this.#recovery.on('interrupted', (error, failure) => {
      this.#state = 'interrupted'
      const refused = this.#publisher.refused(failure)
      if (refused !== undefined) void this.#refused('publish', refused.topic, refused.code)
      this.emit('interrupted', error)
    })
    this.#recovery.on('ended', (error) => void this.#close(error))
    transport.on('message', (packet) => this.#subscriptions.deliver(packet))
  }

  override on<Name extends keyof SessionEvents>(name: Name, listener: (...args: SessionEvents[Name]) => void): this {
    super.on(name, listener)
    if (name === 'direct') this.#unmatched.heard()
    return this
  }

  get state(): SessionState {
    return this.#state
  }

  /** The error that ended the session, if any. */
  get error(): TopicCredentialsError | undefined {
    return this.#error
  }

  /** The grants of this connection's credentials. */
  get grants(): Grants {
    return this.#identity.vended.grants
  }

  get userId(): string {
    return this.#identity.vended.userId
  }

  get clientId(): string {
    return this.#parts.clientId
  }

  /** The access key ID of the connection's credentials, as in AWS's logs. */
  get accessKeyId(): string {
    return this.#identity.accessKeyId
  }

  /** When the credentials of this connection expire. The connection itself can outlive them. */
  get expiration(): Date {
    return this.#identity.expiration
  }

  /** Whether the grants of this connection allow the operation. Sends no request. */
  can(operation: 'publish' | 'subscribe', topic: string): boolean {
    return allows(this.grants, operation, topic)
  }

  /**
   * Subscribes to a topic filter that the grants cover. Await `.ready`, or iterate.
   *
   * @throws NotGrantedError immediately, before anything is sent
   * @throws TopicCredentialsError `quota_exceeded` for the 51st topic filter
   * @example for await (const message of session.subscribe('devices/+/state')) console.log(message.topic, message.text())
   */
  subscribe<const Filter extends string>(filter: TopicFilter<Filter>, options: SubscribeOptions = {}): Subscription {
    this.#requireOpen()
    if (options.signal?.aborted) throw aborted(options.signal)
    this.#requireGranted('subscribe', filter)
    return this.#subscriptions.add(filter, options, (code, operation) => this.#refused(operation, filter, code))
  }

  /**
   * Publishes to a topic that the grants cover. While there is no connection, QoS 1 waits and QoS 0 fails. Above AWS IoT's limit of 100
   * messages per second per connection, it waits for its turn.
   *
   * @param payload bytes and strings are sent as they are, other values as JSON
   * @throws NotGrantedError before anything is sent, or if the broker refuses the message, which is then not sent again
   * @throws TopicCredentialsError `invalid_argument` for a property that MQTT 5 cannot encode, and for any property with MQTT 3.1.1
   * @example await session.publish('devices/1/state', { on: true }, { signal: AbortSignal.timeout(5_000) })
   */
  async publish<const Topic extends string>(
    topic: TopicName<Topic>,
    payload: unknown,
    options: PublishOptions = {},
  ): Promise<void> {
    this.#requireOpen()
    this.#requireGranted('publish', topic, options.retain)
    const code = await this.#publisher.publish(topic, payload, options)
    if (code >= firstRefusal) throw await this.#refused('publish', topic, code)
  }

  /**
   * Changes the grants of an open session, by requesting new credentials and reconnecting. Subscriptions that are no longer granted end with
   * NotGrantedError; everything else continues without losing messages.
   *
   * @throws VendRefusedError if the vendor refuses: then nothing has changed
   * @throws TopicCredentialsError `grant_timed_out` after `timeoutMs` (default 30,000, and twice the fleet's spread)
   * @example await session.grant({ subscribe: ['devices/1/#'], publish: ['devices/1/cmd'] })
   */
  async grant(asked: AskedGrants, options: ExchangeOptions = {}): Promise<void> {
    this.#requireOpen()
    const { exchangeGrants } = await loaded(() => import('./recovery/exchange.js'), options.signal)
    await exchangeGrants(this.#parts, this.#recovery, asked, options)
  }

  /** @internal The machine woke up, or the network is back. */
  wake(): void {
    this.#recovery.wake()
  }

  /** @internal The page is being suspended. */
  suspend(): void {
    this.#parts.transport.suspend?.()
  }

  /** Ends the connection and all subscriptions. No effect if it is already closed. */
  async close(): Promise<void> {
    await this.#close(undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #onConnected(resumed: boolean): void {
    const again = this.#stood
    this.#stood = true
    this.#state = 'connected'
    if (resumed && !again) this.#unmatched.resumed()
    const { identity = this.#identity } = this.#parts.handshake.attempt
    const renewed = identity.accessKeyId !== this.#identity.accessKeyId
    this.#identity = identity
    if (renewed) this.#subscriptions.endWhere(({ filter }) => ungranted(this, 'subscribe', filter))
    if (again && !resumed) this.#subscriptions.restore()
    this.emit('connected', { resumed })
    if (renewed && this.#state === 'connected') {
      this.emit('renewed', { accessKeyId: identity.accessKeyId, expiration: identity.expiration })
    }
  }

  #requireGranted(operation: 'publish' | 'subscribe', topic: string, retain = false): void {
    const error = ungranted(this, operation, topic, retain)
    if (error !== undefined) throw error
  }

  async #refused(
    operation: 'publish' | 'subscribe' | 'unsubscribe',
    value: string,
    code: ReasonCode,
  ): Promise<TopicCredentialsError> {
    // The grants allow it, so the vendor is asked whether they are still valid.
    if (code === notAuthorized) this.#revalidation.soon()
    const error = await refusal(({ brokerRefusal }) => brokerRefusal(operation, value, code, this.#parts.mqtt))
    this.emit('refused', error)
    return error
  }

  #notSent(topic: string, cause: unknown): never {
    if (cause instanceof TopicCredentialsError) throw cause
    throw this.#state === 'closed' ? sessionClosed(this.#error) : notSent(topic, cause)
  }

  async #close(error: TopicCredentialsError | undefined): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#error = error
    const reason = error ?? sessionClosed(undefined)
    this.#parts.closing.abort(reason)
    this.#subscriptions.end(error)
    this.#unmatched.end()
    await this.#parts.transport.stop()
    this.emit('closed', error)
  }

  #requireOpen(): void {
    if (this.#state === 'closed') throw sessionClosed(this.#error)
  }
}
