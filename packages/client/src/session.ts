import { EventEmitter } from 'node:events'
import { explain, type Grants } from '@topic-credentials/grants'
import { diagnose } from './diagnosis.js'
import type { Endpoint } from './endpoint.js'
import { TopicCredentialsError } from './errors.js'
import type { VendedCredentialsProvider } from './from-vendor.js'
import type { HandshakeSigner } from './handshake.js'
import { payloadBytes } from './payload.js'
import { brokerRefusal, requireGranted } from './refusal.js'
import type { SubscribeOptions, Subscription } from './subscription.js'
import { Subscriptions } from './subscriptions.js'
import { FIRST_REFUSAL, NOT_AUTHORIZED, type QoS, type Transport, type TransportFailure } from './transport.js'
import { abortable } from './waiting.js'

export type SessionState = 'closed' | 'connected' | 'connecting' | 'interrupted'

/** What a program can listen to. */
export interface SessionEvents {
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

export interface PublishOptions {
  /** Default 1: resolves when the broker has taken the message over. With 0 it resolves when it is sent. */
  readonly qos?: QoS
  /** The broker keeps the message for later subscribers; needs a `retain` grant. Default false. */
  readonly retain?: boolean
  readonly signal?: AbortSignal
}

/** What a session is made of; `connect` puts it together. */
export interface SessionParts {
  readonly transport: Transport
  readonly handshake: HandshakeSigner
  readonly credentials: VendedCredentialsProvider
  readonly endpoint: Endpoint
  readonly ca: string | undefined
  readonly clientId: string
  readonly userId: string
  readonly grants: Grants
  /** Aborted when the session closes: ends whatever the handshake waits for. */
  readonly closing: AbortController
}

/**
 * A connection that reaches the granted topics and nothing else, and comes back by itself with credentials that are valid.
 *
 * Made by `connect`. Close it, or hold it with `await using`.
 */
export class Session extends EventEmitter<SessionEvents> implements AsyncDisposable {
  readonly #parts: SessionParts
  readonly #subscriptions: Subscriptions
  #state: SessionState = 'connecting'
  #error: TopicCredentialsError | undefined
  #accessKeyId: string | undefined
  #refusedKeys = 0

  constructor(parts: SessionParts) {
    super()
    this.#parts = parts
    this.#subscriptions = new Subscriptions(parts.transport)
    const { transport } = parts
    transport.on('connected', ({ sessionPresent }) => void this.#onConnected(sessionPresent))
    transport.on('failed', (failure) => void this.#onFailure(failure))
    transport.on('interrupted', (failure) => {
      if (this.#state === 'connected') this.#state = 'interrupted'
      void this.#onFailure(failure)
    })
    transport.on('message', (message) => this.#subscriptions.deliver(message))
  }

  get state(): SessionState {
    return this.#state
  }

  /** The error that ended the session, if one did. */
  get error(): TopicCredentialsError | undefined {
    return this.#error
  }

  /** What these credentials allow. */
  get grants(): Grants {
    return this.#parts.grants
  }

  get userId(): string {
    return this.#parts.userId
  }

  get clientId(): string {
    return this.#parts.clientId
  }

  /**
   * Subscribes to a topic filter that the grants cover. Await `.ready`, or just iterate.
   *
   * @throws NotGrantedError at once, before anything is sent
   */
  subscribe(filter: string, options: SubscribeOptions = {}): Subscription {
    this.#requireOpen()
    const decision = explain(this.grants, this.#parts, { action: 'subscribe', filter })
    requireGranted(decision, 'subscribe', filter, this.#parts)
    options.signal?.throwIfAborted()
    return this.#subscriptions.add(filter, options, (code) => this.#refused('subscribe', filter, code))
  }

  /**
   * Publishes to a topic that the grants cover.
   *
   * @param payload bytes or text as they are; anything else as JSON
   * @throws NotGrantedError before anything is sent, or when the broker refuses all the same
   */
  async publish(topic: string, payload: unknown, options: PublishOptions = {}): Promise<void> {
    this.#requireOpen()
    const { qos = 1, retain = false, signal } = options
    const decision = explain(this.grants, this.#parts, { action: 'publish', topic, retain })
    requireGranted(decision, 'publish', topic, this.#parts)
    const sent = this.#parts.transport.publish({ topic, payload: payloadBytes(payload), qos, retain })
    const code = await abortable(sent, signal)
    if (code >= FIRST_REFUSAL) throw this.#refused('publish', topic, code)
  }

  /** Ends the connection and every subscription. Does nothing when it is closed already. */
  async close(): Promise<void> {
    await this.#close(undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #onConnected(sessionPresent: boolean): Promise<void> {
    if (this.#state === 'closed') return
    const again = this.#state === 'interrupted'
    this.#state = 'connected'
    this.#refusedKeys = 0
    this.emit('connected', { resumed: sessionPresent })
    const { identity } = this.#parts.handshake.attempt
    if (identity !== undefined && identity.accessKeyId !== this.#accessKeyId) {
      if (this.#accessKeyId !== undefined)
        this.emit('renewed', { accessKeyId: identity.accessKeyId, expiration: identity.expiration })
      this.#accessKeyId = identity.accessKeyId
    }
    if (again && !sessionPresent) await this.#subscriptions.restore()
  }

  async #onFailure(failure: TransportFailure): Promise<void> {
    const { handshake, endpoint, ca, clientId, credentials } = this.#parts
    if (this.#state === 'interrupted' && failure.reasonCode === NOT_AUTHORIZED) {
      // A QoS 0 publish has no acknowledgement that could say no: the broker disconnects instead.
      this.#refused('publish', 'a message of QoS 0', NOT_AUTHORIZED)
      return
    }
    const { attempt } = handshake
    const diagnosis = await diagnose({ failure, attempt, endpoint, ca, clientId })
    if (this.#state === 'closed') return
    if (diagnosis.refusedKey !== undefined) {
      credentials.invalidate(diagnosis.refusedKey)
      this.#refusedKeys += 1
    }
    // Two keys refused in a row: the second one was fresh, so a third would be refused too.
    if (diagnosis.terminal || this.#refusedKeys > 1) await this.#close(diagnosis.error)
    else this.emit('interrupted', diagnosis.error)
  }

  #refused(operation: 'publish' | 'subscribe', value: string, code: number): TopicCredentialsError {
    const error = brokerRefusal(operation, value, code)
    this.emit('refused', error)
    return error
  }

  async #close(error: TopicCredentialsError | undefined): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#error = error
    this.#parts.closing.abort(error ?? closedError(undefined))
    this.#subscriptions.end(error)
    await this.#parts.transport.stop()
    this.emit('closed', error)
  }

  #requireOpen(): void {
    if (this.#state === 'closed') throw closedError(this.#error)
  }
}

function closedError(cause: unknown): TopicCredentialsError {
  return new TopicCredentialsError('The session is closed', {
    code: 'session_closed',
    remedy: 'Connect again.',
    cause,
  })
}
