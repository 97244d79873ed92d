import type { Endpoint } from '../connection/endpoint.js'
import type { Handshake } from '../connection/handshake.js'
import type { Transport, TransportFailure } from '../connection/transport.js'
import type { VendedCredentialsProvider } from '../credentials/provider.js'
import type { TopicCredentialsError } from '../errors.js'
import { type AskHandshake, diagnose } from './diagnosis.js'

/** What the connection consists of. */
export interface ConnectionParts {
  readonly transport: Transport
  readonly handshake: Handshake
  readonly credentials: VendedCredentialsProvider
  readonly endpoint: Endpoint
  readonly ca: string | undefined
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

  /** Names the failure, and sees to it that the next attempt does not use credentials that AWS has refused. */
  async assess(failure: TransportFailure, stood: boolean): Promise<AssessedFailure> {
    const { transport, handshake, credentials, endpoint, ca, clientId, askHandshake } = this.#parts
    const { attempt } = handshake
    const reported = stood && transport.reportsFailedReconnects
    const diagnosis = await diagnose({ failure, stood, reported, attempt, endpoint, ca, clientId, askHandshake })
    const { error, terminal, throttled = false, refusedKey, doubtedKey, hungUp = false } = diagnosis
    this.#hangUps = hungUp ? this.#hangUps + 1 : 0
    if (refusedKey !== undefined) {
      credentials.invalidate(refusedKey)
      this.#refusedKeys.add(refusedKey)
    }
    // A second doubt is worth new credentials; it does not end the session, since it may be the network after all.
    if (doubtedKey !== undefined && doubtedKey === this.#doubtedKey) credentials.invalidate(doubtedKey)
    this.#doubtedKey = doubtedKey
    // Two keys refused in a row: the second one was fresh, so a third would be refused too.
    return { error, terminal: terminal || this.#refusedKeys.size > 1 || this.#hangUps > 1, throttled }
  }
}

/** Why an attempt failed, and whether it was the last one. */
export interface AssessedFailure {
  readonly error: TopicCredentialsError
  readonly terminal: boolean
  /** A quota was used up: many others are trying as well. */
  readonly throttled: boolean
}
