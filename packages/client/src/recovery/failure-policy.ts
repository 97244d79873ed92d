import type { Endpoint } from '../connection/endpoint.js'
import type { Handshake } from '../connection/handshake.js'
import type { Route } from '../connection/route.js'
import type { Transport, TransportFailure } from '../connection/transport.js'
import type { VendedCredentialsProvider } from '../credentials/provider.js'
import type { TopicCredentialsError } from '../errors.js'
import { refusal } from '../support/refusals.js'
import type { Setback } from '../support/retry-delay.js'
import { type DiagnoseHandshake, type Diagnosis, diagnose, diagnoseBreak } from './diagnosis.js'

/** The parts of the connection. */
export interface ConnectionParts {
  readonly transport: Transport
  readonly handshake: Handshake
  readonly credentials: VendedCredentialsProvider
  readonly endpoint: Endpoint
  readonly route: Route
  readonly diagnoseHandshake: DiagnoseHandshake
  readonly clientId: string
}

/** Decides after each failed attempt whether another one can succeed. */
export class FailurePolicy {
  readonly #parts: ConnectionParts
  /** Access keys that AWS has refused since the last established connection. */
  readonly #refusedKeys = new Set<string>()
  /** Number of consecutive attempts that the broker ended without a reason. */
  #hangUps = 0
  /** The access key of the previous attempt, if it may have been refused. */
  #doubtedKey: string | undefined

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  /** Called when a connection is established: earlier refusals no longer count. */
  succeeded(): void {
    this.#refusedKeys.clear()
    this.#hangUps = 0
    this.#doubtedKey = undefined
  }

  /** Classifies the end of an established connection. */
  assessBreak(failure: TransportFailure): Diagnosis {
    const { endpoint, clientId } = this.#parts
    return diagnoseBreak(failure, endpoint, clientId)
  }

  /** Classifies a failed attempt, and ensures that the next one does not use credentials that AWS has refused. */
  async assessAttempt(failure: TransportFailure): Promise<AssessedFailure> {
    const { handshake, credentials, clientId, transport, diagnoseHandshake } = this.#parts
    const { attempt, connectedLately } = handshake
    const failed = { ...this.#parts, failure, attempt, hidesAnswers: transport.hidesAnswers }
    const diagnosis = await diagnose(failed, diagnoseHandshake)
    const { error, terminal, throttled = false, refusedKey, doubtedKey, hungUp = false } = diagnosis
    // A CONNACK does not say whether the quota of the client ID or the account was exceeded. With MQTT 3.1.1 there is no CONNACK at all.
    const ofClientId = hungUp || (throttled && failure.reasonCode !== undefined)
    if (ofClientId && connectedLately) {
      const error = await refusal(({ tooSoon }) => tooSoon(clientId))
      return { error, terminal: false, setback: 'too_soon' }
    }
    this.#hangUps = hungUp ? this.#hangUps + 1 : 0
    if (refusedKey !== undefined) {
      credentials.invalidate(refusedKey)
      this.#refusedKeys.add(refusedKey)
    }
    // After a second doubt, new credentials are requested; it does not end the session, because the network may be the cause.
    if (doubtedKey !== undefined && doubtedKey === this.#doubtedKey) credentials.invalidate(doubtedKey)
    this.#doubtedKey = doubtedKey
    // Two keys refused in a row: the second one was fresh, so a third one would be refused too.
    const over = terminal || this.#refusedKeys.size > 1 || this.#hangUps > 1
    return { error, terminal: over, setback: throttled ? 'throttled' : 'failed' }
  }
}

/** Why a connection or an attempt ended, whether it was the last one, and how to wait for the next one. */
export interface AssessedFailure {
  readonly error: TopicCredentialsError
  readonly terminal: boolean
  readonly setback: Setback
}
