import { mayPass } from '../common-errors.js'
import type { Endpoint } from '../connection/endpoint.js'
import type { HandshakeAttempt } from '../connection/handshake.js'
import { answerOverdue, connectOverdue, pingOverdue } from '../connection/operations.js'
import type { Route } from '../connection/route.js'
import type { TransportFailure } from '../connection/transport.js'
import { TopicCredentialsError, VendorBusyError } from '../errors.js'
import { inHex, isThrottle, type ReasonCode, sessionTakenOver } from '../support/reason-codes.js'
import { refusal } from '../support/refusals.js'

/** Why a connection failed, and whether another attempt can succeed. */
export interface Diagnosis {
  readonly error: TopicCredentialsError
  /** True: the same attempt would fail again, so the client stops reconnecting. */
  readonly terminal: boolean
  /** True: the broker closed the connection without a reason after the handshake, which counts as a refusal only if it happens twice. */
  readonly hungUp?: boolean
  /** True: a quota was used up, so many other clients are trying as well. */
  readonly throttled?: boolean
  /** Access key that AWS no longer accepts: the next attempt needs another one. */
  readonly refusedKey?: string
  /** Access key that may have been refused; the broker does not report it. */
  readonly doubtedKey?: string
}

/** What is known about a failed attempt. */
export interface FailedAttempt {
  readonly failure: TransportFailure
  readonly attempt: HandshakeAttempt
  readonly endpoint: Endpoint
  readonly route: Route
  /** Whether the transport does not provide the response to a refused handshake. */
  readonly hidesAnswers: boolean
  readonly clientId: string
}

/** Finds out why a handshake failed, as far as the platform can. Undefined: nothing is known. */
export type DiagnoseHandshake = (failed: FailedAttempt) => Promise<Diagnosis | undefined>

/** Why an established connection ended. The cause is examined if the next attempt fails too. */
export function diagnoseBreak(failure: TransportFailure, endpoint: Endpoint, clientId: string): Diagnosis {
  const { name, reasonCode = 0 } = failure
  if (overdueNames.has(name)) return passing(silent(failure, endpoint))
  if (reasonCode === 0) return passing(lost(failure, endpoint))
  if (reasonCode === sessionTakenOver) return { error: takenOver(clientId), terminal: true }
  // Not authorized, among others: this concerns an operation, whose caller is informed.
  return passing(
    new TopicCredentialsError(`AWS IoT ended the connection, with reason code ${inHex(reasonCode)}`, {
      code: isThrottle(reasonCode) ? 'quota_exceeded' : 'connection_lost',
      value: inHex(reasonCode),
      remedy: 'The client reconnects automatically.',
    }),
  )
}

/** Finds out why an attempt to connect failed. */
export async function diagnose(failed: FailedAttempt, diagnoseHandshake: DiagnoseHandshake): Promise<Diagnosis> {
  const { failure, attempt, endpoint, clientId } = failed
  const { name, reasonCode = 0, error } = failure
  if (attempt.error !== undefined) return ofProvider(attempt.error)
  if (reasonCode !== 0 && reasonCode !== sessionTakenOver) {
    const refused = await refusal(({ connectRefused }) => connectRefused(reasonCode, clientId))
    return { error: refused, terminal: permanent.has(reasonCode), throttled: isThrottle(reasonCode) }
  }
  if (error !== undefined) return { error, terminal: error.code === 'tls_trust' }
  const known = reasonCode === 0 && !overdueNames.has(name) ? await diagnoseHandshake(failed) : undefined
  return known ?? diagnoseBreak(failure, endpoint, clientId)
}

function ofProvider(error: unknown): Diagnosis {
  if (error instanceof TopicCredentialsError) {
    return { error, terminal: !mayPass(error), throttled: error instanceof VendorBusyError && error.throttled }
  }
  const failed = new TopicCredentialsError('The credentials provider failed', {
    code: 'credentials_not_found',
    remedy: 'See the cause.',
    cause: error,
  })
  return { error: failed, terminal: true }
}

/** Reason codes of a CONNACK that the same CONNECT would get again: MQTT 5 §3.2.2.2. */
const permanent: ReadonlySet<ReasonCode> = new Set([
  0x81, 0x82, 0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x90, 0x95, 0x99, 0x9a, 0x9b,
])

export function passing(error: TopicCredentialsError): Diagnosis {
  return { error, terminal: false }
}

export function lost(failure: TransportFailure, endpoint: Endpoint): TopicCredentialsError {
  return new TopicCredentialsError(`The connection to ${endpoint.host}:${endpoint.port} was lost: ${failure.message}`, {
    code: 'connection_lost',
    value: `${endpoint.host}:${endpoint.port}`,
    remedy: 'The client reconnects automatically.',
    cause: failure,
  })
}

/** Failure names for a broker that does not respond in time. */
const overdueNames: ReadonlySet<string> = new Set([answerOverdue, connectOverdue, pingOverdue])

function silent({ message }: TransportFailure, { host, port }: Endpoint): TopicCredentialsError {
  return new TopicCredentialsError(`${host}:${port} does not respond: ${message}`, {
    code: 'broker_timed_out',
    value: `${host}:${port}`,
    remedy: 'The client retries automatically. If it persists, check the network.',
  })
}

function takenOver(clientId: string): TopicCredentialsError {
  return new TopicCredentialsError(`Another connection took over the client ID '${clientId}'`, {
    code: 'client_id_taken_over',
    value: clientId,
    remedy: 'Use another client ID for each connection, or a random one.',
  })
}
