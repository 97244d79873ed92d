import type { Endpoint } from '../connection/endpoint.js'
import type { Handshake } from '../connection/handshake.js'
import type { Route } from '../connection/route.js'
import type { Transport, TransportFailure } from '../connection/transport.js'
import type { VendedCredentialsProvider } from '../credentials/provider.js'
import { TopicCredentialsError } from '../errors.js'
import type { Setback } from '../support/retry-delay.js'
import { type AskHandshake, diagnose, diagnoseBreak } from './diagnosis.js'

/** What the connection consists of. */
export interface ConnectionParts {
  readonly transport: Transport
  readonly handshake: Handshake
  readonly credentials: VendedCredentialsProvider
  readonly endpoint: Endpoint
  readonly route: Route
  readonly askHandshake: AskHandshake | undefined
  readonly clientId: string
}

/** Decides after each failed attempt whether another one can end differently. */
export class FailurePolicy {
  readonly #parts: ConnectionParts
  /** Access keys that AWS has refused since the last connection that stood. */
  readonly #refusedKeys = new Set<string>()
  /** Attempts in a row that the broker ended without a word. */
  #hangUps = 0
  /** The access key of the attempt before this one, where it may have been what was refused. */
  #doubtedKey: string | undefined

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  /** A connection stands: what was refused before it counts no more. */
  succeeded(): void {
    this.#refusedKeys.clear()
    this.#hangUps = 0
    this.#doubtedKey = undefined
  }

  /** Names why a connection that stood has ended. */
  assessBreak(failure: TransportFailure): AssessedFailure {
    const { endpoint, clientId } = this.#parts
    const { error, terminal, throttled = false } = diagnoseBreak(failure, endpoint, clientId)
    return { error, terminal, setback: throttled ? 'throttled' : 'failed' }
  }

  /** Names why an attempt failed, and sees to it that the next one does not use credentials that AWS has refused. */
  async assessAttempt(failure: TransportFailure): Promise<AssessedFailure> {
    const { handshake, credentials, endpoint, route, clientId, askHandshake } = this.#parts
    const { attempt, connectedLately } = handshake
    const diagnosis = await diagnose({ failure, attempt, endpoint, route, clientId, askHandshake })
    const { error, terminal, throttled = false, refusedKey, doubtedKey, hungUp = false } = diagnosis
    // CONNACK does not say whose quota it was, and over MQTT 3.1.1 there is not even a CONNACK.
    const ofClientId = hungUp || (throttled && failure.reasonCode !== undefined)
    if (ofClientId && connectedLately) return { error: tooSoon(clientId), terminal: false, setback: 'too_soon' }
    this.#hangUps = hungUp ? this.#hangUps + 1 : 0
    if (refusedKey !== undefined) {
      credentials.invalidate(refusedKey)
      this.#refusedKeys.add(refusedKey)
    }
    // A second doubt is worth new credentials; it does not end the session, since it may be the network after all.
    if (doubtedKey !== undefined && doubtedKey === this.#doubtedKey) credentials.invalidate(doubtedKey)
    this.#doubtedKey = doubtedKey
    // Two keys refused in a row: the second one was fresh, so a third would be refused too.
    const over = terminal || this.#refusedKeys.size > 1 || this.#hangUps > 1
    return { error, terminal: over, setback: throttled ? 'throttled' : 'failed' }
  }
}

/** Why a connection or an attempt ended, whether it was the last one, and how to wait for the next. */
export interface AssessedFailure {
  readonly error: TopicCredentialsError
  readonly terminal: boolean
  readonly setback: Setback
}

function tooSoon(clientId: string): TopicCredentialsError {
  return new TopicCredentialsError(`AWS IoT refused another connection of '${clientId}' so soon after the last one`, {
    code: 'quota_exceeded',
    value: clientId,
    remedy: 'It is tried again within 12 s. Reconnect a client ID less often, or give each connection one of its own.',
  })
}
