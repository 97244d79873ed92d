import type { Grants } from '@topic-credentials/grants/client'
import type { QoS, TransportFailure } from './connection/transport.js'
import type { AskedGrants, VendedIdentity } from './credentials/vendor-options.js'
import { sessionClosed, type TopicCredentialsError } from './errors.js'
import { brokerRefusal, notSent, ungranted } from './messages/grant-check.js'
import { payloadBytes } from './messages/payload.js'
import { awsPublishRate, PublishRate } from './messages/publish-rate.js'
import type { SubscribeOptions, Subscription } from './messages/subscription.js'
import { Subscriptions } from './messages/subscriptions.js'
import type { TopicFilter, TopicName } from './messages/topic-types.js'
import { type AssessedFailure, type ConnectionParts, FailurePolicy } from './recovery/failure-policy.js'
import { Reconnection } from './recovery/reconnection.js'
import type { SessionEvents, SessionState } from './session-events.js'
import { abortable, aborted, sleep } from './support/abort.js'
import { Emitter } from './support/emitter.js'
import { firstRefusal, notAuthorized } from './support/reason-codes.js'
import { reconnectDelay } from './support/retry-delay.js'

export interface PublishOptions {
  /** Default 1: resolves when the broker has taken the message over. With 0 it resolves when it is sent. */
  readonly qos?: QoS
  /** The broker keeps the message for later subscribers; needs a `retain` grant. Default false. */
  readonly retain?: boolean
  readonly signal?: AbortSignal
}

/** What a session is made of; `connect` puts it together. */
export interface SessionParts extends ConnectionParts {
  /** What was vended first. */
  readonly identity: VendedIdentity
  /** Aborted when the session closes: ends whatever the handshake waits for. */
  readonly closing: AbortController
  /** Time in which AWS's quotas serve the whole fleet, where somebody has said so. */
  readonly spreadMs: number | undefined
  /** Least milliseconds between two CONNECTs. */
  readonly connectIntervalMs: number
}

/**
 * A connection that reaches the granted topics and nothing else, and comes back by itself with credentials that are valid.
 *
 * Made by `connect`. Close it, or hold it with `await using`.
 */
export class Session extends Emitter<SessionEvents> implements AsyncDisposable {
  readonly #parts: SessionParts
  readonly #failurePolicy: FailurePolicy
  readonly #reconnection: Reconnection
  readonly #subscriptions: Subscriptions
  readonly #publishRate: PublishRate
  #state: SessionState = 'connecting'
  #error: TopicCredentialsError | undefined
  #identity: VendedIdentity

  constructor(parts: SessionParts) {
    super()
    this.#parts = parts
    this.#identity = parts.identity
    this.#failurePolicy = new FailurePolicy(parts)
    this.#publishRate = new PublishRate(awsPublishRate, {
      now: () => performance.now(),
      sleep: (ms) => sleep(ms, parts.closing.signal),
    })
    this.#reconnection = new Reconnection({ ...parts, closing: parts.closing.signal })
    const { closing, spreadMs } = parts
    this.#subscriptions = new Subscriptions(parts.transport, (refusals) =>
      sleep(reconnectDelay('throttled', refusals, Math.random(), spreadMs), closing.signal),
    )
    const { transport } = parts
    transport.on('connecting', () => this.emit('connecting'))
    transport.on('connected', ({ sessionPresent }) => this.#onConnected(sessionPresent))
    transport.on('failed', (failure) => void this.#onFailedAttempt(failure))
    transport.on('interrupted', (failure) => {
      const standing = this.#state === 'connected'
      if (standing) this.#state = 'interrupted'
      // A QoS 0 publish has no acknowledgement that could say no: the broker disconnects instead.
      if (standing && failure.reasonCode === notAuthorized) {
        this.#refused('publish', 'with QoS 0', notAuthorized)
      } else {
        void this.#onFailure(failure, standing)
      }
    })
    transport.on('message', (packet) => this.#subscriptions.deliver(packet))
  }

  get state(): SessionState {
    return this.#state
  }

  /** The error that ended the session, if one did. */
  get error(): TopicCredentialsError | undefined {
    return this.#error
  }

  /** What the credentials of this connection allow. */
  get grants(): Grants {
    return this.#identity.vended.grants
  }

  get userId(): string {
    return this.#identity.vended.userId
  }

  get clientId(): string {
    return this.#parts.clientId
  }

  /** The access key ID that the connection rests on: what AWS's logs name. */
  get accessKeyId(): string {
    return this.#identity.accessKeyId
  }

  /** When the credentials of this connection expire. The connection itself may outlive them. */
  get expiration(): Date {
    return this.#identity.expiration
  }

  /**
   * Subscribes to a topic filter that the grants cover. Await `.ready`, or just iterate.
   *
   * @throws NotGrantedError at once, before anything is sent
   * @throws TopicCredentialsError `quota_exceeded` for the 51st topic filter
   * @example for await (const message of session.subscribe('devices/+/state')) console.log(message.topic, message.text())
   */
  subscribe<const Filter extends string>(filter: TopicFilter<Filter>, options: SubscribeOptions = {}): Subscription {
    this.#requireOpen()
    if (options.signal?.aborted) throw aborted(options.signal)
    this.#requireGranted('subscribe', filter)
    return this.#subscriptions.add(filter, options, (code) => this.#refused('subscribe', filter, code))
  }

  /**
   * Publishes to a topic that the grants cover. While the connection is gone, QoS 1 waits for it and QoS 0 fails. Above AWS
   * IoT's 100 a second for one connection it waits its turn.
   *
   * @param payload bytes or text as they are; anything else as JSON
   * @throws NotGrantedError before anything is sent, or when the broker refuses all the same; it is not sent again then
   * @example await session.publish('devices/1/state', { on: true }, { signal: AbortSignal.timeout(5_000) })
   */
  async publish<const Topic extends string>(
    topic: TopicName<Topic>,
    payload: unknown,
    { qos = 1, retain = false, signal }: PublishOptions = {},
  ): Promise<void> {
    this.#requireOpen()
    this.#requireGranted('publish', topic, retain)
    const message = { topic, payload: payloadBytes(payload), qos, retain }
    const sent = this.#publishRate.run(async () => {
      if (signal?.aborted) throw aborted(signal)
      return this.#parts.transport.publish(message).catch((error: unknown) => this.#notSent(topic, error))
    })
    const code = await abortable(sent, signal)
    if (code >= firstRefusal) throw this.#refused('publish', topic, code)
  }

  /**
   * Exchanges the grants of a live session for others, more or fewer, by vending anew and connecting with that. What is not
   * granted any more ends with NotGrantedError; everything else goes on, messages included.
   *
   * @throws VendRefusedError when the vendor does not give them: then nothing has changed
   * @example await session.grant({ subscribe: ['devices/1/#'], publish: ['devices/1/cmd'] })
   */
  async grant(asked: AskedGrants, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#requireOpen()
    await abortable(this.#parts.credentials.ask(asked), signal)
    const connected = new Promise<void>((resolve, reject) => {
      this.once('connected', () => resolve())
      this.once('closed', (error) => reject(error ?? sessionClosed(undefined)))
    })
    await this.#parts.transport.reconnect()
    await abortable(connected, signal)
  }

  /** @internal The machine woke, or the network is back. */
  wake(): void {
    this.#reconnection.hurry()
    this.#parts.transport.wake?.()
  }

  /** @internal The page is put aside. */
  suspend(): void {
    this.#parts.transport.suspend?.()
  }

  /** Ends the connection and every subscription. Does nothing when it is closed already. */
  async close(): Promise<void> {
    await this.#close(undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #onConnected(resumed: boolean): void {
    if (this.#state === 'closed') return
    const again = this.#state === 'interrupted'
    this.#state = 'connected'
    this.#failurePolicy.succeeded()
    this.#reconnection.succeeded()
    const { identity = this.#identity } = this.#parts.handshake.attempt
    const renewed = identity.accessKeyId !== this.#identity.accessKeyId
    this.#identity = identity
    if (renewed) this.#subscriptions.endWhere(({ filter }) => ungranted(this, 'subscribe', filter))
    if (again && !resumed) this.#subscriptions.restore()
    this.emit('connected', { resumed })
    if (renewed) this.emit('renewed', { accessKeyId: identity.accessKeyId, expiration: identity.expiration })
  }

  /** Resolves with what is known of the failure while the session lives on. */
  async #onFailure(failure: TransportFailure, stood: boolean): Promise<AssessedFailure | undefined> {
    const assessed = await this.#failurePolicy.assess(failure, stood)
    if (this.#state === 'closed') return undefined
    if (!assessed.terminal) {
      this.emit('interrupted', assessed.error)
      return assessed
    }
    await this.#close(assessed.error)
    return undefined
  }

  async #onFailedAttempt(failure: TransportFailure): Promise<void> {
    const assessed = await this.#onFailure(failure, false)
    if (assessed === undefined) return
    try {
      await this.#reconnection.attempt(assessed.throttled ? 'throttled' : 'failed')
    } catch {
      if (this.#state === 'closed') return
      // The provider's own error is the handshake's: it says whether this is the end.
      void this.#onFailedAttempt({ name: 'CREDENTIALS', message: 'there are no credentials to connect with' })
    }
  }

  #requireGranted(operation: 'publish' | 'subscribe', topic: string, retain = false): void {
    const error = ungranted(this, operation, topic, retain)
    if (error !== undefined) throw error
  }

  #refused(operation: 'publish' | 'subscribe', value: string, code: number): TopicCredentialsError {
    const error = brokerRefusal(operation, value, code)
    this.emit('refused', error)
    return error
  }

  #notSent(topic: string, cause: unknown): never {
    throw this.#state === 'closed' ? sessionClosed(this.#error) : notSent(topic, cause)
  }

  async #close(error: TopicCredentialsError | undefined): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#error = error
    const reason = error ?? sessionClosed(undefined)
    // Reading `.stack` now releases the frames it captured; otherwise the error keeps the SDK's client, and with it the process, alive.
    void reason.stack
    this.#parts.closing.abort(reason)
    this.#subscriptions.end(error)
    await this.#parts.transport.stop()
    this.emit('closed', error)
  }

  #requireOpen(): void {
    if (this.#state === 'closed') throw sessionClosed(this.#error)
  }
}
