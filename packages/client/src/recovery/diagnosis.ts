import type { Endpoint } from '../connection/endpoint.js'
import type { HandshakeAnswer, HandshakeAttempt } from '../connection/handshake.js'
import { answerOverdue, connectOverdue } from '../connection/operations.js'
import type { Route } from '../connection/route.js'
import { notOpened, type TransportFailure } from '../connection/transport.js'
import {
  type ClientErrorCode,
  ClockSkewError,
  NotGrantedError,
  TopicCredentialsError,
  VendorBusyError,
} from '../errors.js'
import {
  connectionRateExceeded,
  inWords,
  notAuthorized,
  quotaExceeded,
  type ReasonCode,
  sessionTakenOver,
} from '../support/reason-codes.js'
import { guess } from './guess.js'

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

/**
 * Repeats a failed handshake with the same signature, to read the response.
 *
 * @param path as signed. It contains the session token, so it is only sent to the endpoint for which it was signed
 */
export type AskHandshake = (endpoint: Endpoint, route: Route, path: string) => Promise<HandshakeAnswer>

/** What is known about a failed attempt. */
export interface FailedAttempt {
  readonly failure: TransportFailure
  readonly attempt: HandshakeAttempt
  readonly endpoint: Endpoint
  readonly route: Route
  /** Undefined if the transport provides the response, or if it cannot be read. */
  readonly askHandshake: AskHandshake | undefined
  readonly clientId: string
}

/** Why an established connection ended. The cause is examined if the next attempt fails too. */
export function diagnoseBreak(failure: TransportFailure, endpoint: Endpoint, clientId: string): Diagnosis {
  const { name, reasonCode = 0 } = failure
  if (overdueNames.has(name)) return passing(silent(failure, endpoint))
  if (reasonCode === 0) return passing(lost(failure, endpoint))
  // Not authorized: this concerns an operation, whose caller has already been informed.
  return reasonCode === notAuthorized
    ? passing(endedBy(reasonCode))
    : ofReasonCode(reasonCode, clientId, endedBy(reasonCode))
}

/** Finds out why an attempt to connect failed; repeats the handshake if the transport hides the response. */
export async function diagnose(failed: FailedAttempt): Promise<Diagnosis> {
  const { failure, attempt, endpoint, clientId } = failed
  if (attempt.error !== undefined) return ofProvider(attempt.error)
  const { reasonCode = 0 } = failure
  if (reasonCode !== 0) return ofReasonCode(reasonCode, clientId, connectRefused(clientId, reasonCode))
  if (failure.answer !== undefined) return ofAnswer(failed, failure.answer)
  if (failure.error !== undefined) return { error: failure.error, terminal: failure.error.code === 'tls_trust' }
  if (overdueNames.has(failure.name)) return passing(silent(failure, endpoint))
  if (attempt.path === undefined) return passing(lost(failure, endpoint))
  if (failure.name === notOpened) return guess(attempt.identity, endpoint)
  if (failed.askHandshake === undefined) return passing(lost(failure, endpoint))
  try {
    const answer = await failed.askHandshake(endpoint, failed.route, attempt.path)
    return ofAnswer(failed, answer)
  } catch (error) {
    if (!(error instanceof TopicCredentialsError)) throw error
    return { error, terminal: error.code === 'tls_trust' }
  }
}

function ofProvider(error: unknown): Diagnosis {
  if (error instanceof VendorBusyError) return { error, terminal: false, throttled: error.throttled }
  if (error instanceof TopicCredentialsError) {
    return { error, terminal: !mayPass.has(error.code) }
  }
  return {
    error: new TopicCredentialsError('The credentials provider failed', {
      code: 'credentials_not_found',
      remedy: 'See the cause: it is the provider’s own error.',
      cause: error,
    }),
    terminal: true,
  }
}

/** @param otherwise the error for codes without a specific error */
function ofReasonCode(code: ReasonCode, clientId: string, otherwise: TopicCredentialsError): Diagnosis {
  switch (code) {
    case notAuthorized:
      return { error: connectNotGranted(clientId), terminal: true }
    case sessionTakenOver:
      return {
        error: new TopicCredentialsError(`Another connection took over the client ID '${clientId}'`, {
          code: 'client_id_taken_over',
          value: clientId,
          remedy: 'Use a different client ID for each connection, or omit it to use a random one.',
        }),
        terminal: true,
      }
    case quotaExceeded:
    case connectionRateExceeded:
      return throttled(
        new TopicCredentialsError(`AWS IoT responded with: ${inWords(code)}`, {
          code: 'quota_exceeded',
          remedy: 'Send less, or request a higher quota (Service Quotas, AWS IoT Core).',
        }),
      )
    default:
      return { error: otherwise, terminal: otherwise.code === 'refused' && permanent.has(code) }
  }
}

/** Reason codes of a CONNACK that the same CONNECT would get again: MQTT 5 §3.2.2.2. */
const permanent: ReadonlySet<ReasonCode> = new Set([
  0x81, 0x82, 0x84, 0x85, 0x86, 0x8a, 0x8c, 0x90, 0x95, 0x99, 0x9a, 0x9b,
])

/** Errors of the provider after which another call may succeed. */
const mayPass: ReadonlySet<ClientErrorCode> = new Set(['host_not_found', 'vendor_timed_out', 'vendor_unavailable'])

function connectRefused(clientId: string, code: ReasonCode): TopicCredentialsError {
  return new TopicCredentialsError(`AWS IoT refused the connection as '${clientId}': ${inWords(code)}`, {
    code: 'refused',
    value: clientId,
    remedy: 'Check the client ID, and topic, size and options of the last will, if there is one.',
  })
}

function endedBy(code: ReasonCode): TopicCredentialsError {
  return new TopicCredentialsError(`AWS IoT ended the connection: ${inWords(code)}`, {
    code: 'connection_lost',
    value: inWords(code),
    remedy: 'The client reconnects automatically.',
  })
}

function ofAnswer(
  { failure, attempt, endpoint, clientId }: FailedAttempt,
  { status, message, clockOffset }: HandshakeAnswer,
): Diagnosis {
  const where = `${endpoint.host}:${endpoint.port}`
  if (status === 101) {
    // The handshake succeeded, so the CONNECT was refused: with MQTT 3.1.1, AWS closes the connection without a reason, both if the client ID
    // is not granted and if it connected less than a second ago.
    if (failure.name === 'AWS_ERROR_MQTT_UNEXPECTED_HANGUP') {
      return { error: connectNotGranted(clientId), terminal: false, hungUp: true }
    }
    return passing(lost(failure, endpoint))
  }
  if (status === 429 || status >= 500) {
    const error = new TopicCredentialsError(`${where} responded to the handshake with ${status}: ${message}`, {
      code: 'quota_exceeded',
      value: where,
      remedy: 'The client retries automatically. If the problem persists, check the connection quotas of the account.',
    })
    return status === 429 || status === 503 ? throttled(error) : passing(error)
  }
  if (status !== 403) {
    return {
      error: new TopicCredentialsError(`${where} responded to the handshake with ${status}: ${message}`, {
        code: 'endpoint_wrong',
        value: where,
        remedy: 'Use the endpoint that `aws iot describe-endpoint --endpoint-type iot:Data-ATS` prints.',
      }),
      terminal: true,
    }
  }
  const refusedKey = attempt.identity?.accessKeyId
  const key = refusedKey === undefined ? {} : { refusedKey }
  // The clock has changed since these were vended. New credentials measure the difference; if that does not help, the error is terminal.
  if (/^Signature (expired|not yet current)/iu.test(message)) {
    return { error: new ClockSkewError(clockOffset, where), terminal: false, ...key }
  }
  const expired = /expired/iu.test(message)
  return {
    error: new TopicCredentialsError(`${where} refused the handshake: ${message}`, {
      code: expired ? 'credentials_expired' : 'handshake_refused',
      value: refusedKey ?? where,
      remedy: expired
        ? 'The client requests new ones automatically.'
        : 'Check that the endpoint belongs to the account and region that vended the credentials.',
    }),
    terminal: false,
    ...key,
  }
}

function passing(error: TopicCredentialsError): Diagnosis {
  return { error, terminal: false }
}

function throttled(error: TopicCredentialsError): Diagnosis {
  return { error, terminal: false, throttled: true }
}

function lost(failure: TransportFailure, endpoint: Endpoint): TopicCredentialsError {
  return new TopicCredentialsError(`The connection to ${endpoint.host}:${endpoint.port} was lost: ${failure.message}`, {
    code: 'connection_lost',
    value: `${endpoint.host}:${endpoint.port}`,
    remedy: 'The client reconnects automatically.',
    cause: failure,
  })
}

/** Failure names for a broker that does not respond in time. */
const overdueNames: ReadonlySet<string> = new Set([
  answerOverdue,
  connectOverdue,
  'PING_OVERDUE',
  'AWS_ERROR_MQTT_TIMEOUT',
])

function silent({ message }: TransportFailure, { host, port }: Endpoint): TopicCredentialsError {
  return new TopicCredentialsError(`${host}:${port} does not respond: ${message}`, {
    code: 'broker_timed_out',
    value: `${host}:${port}`,
    remedy: 'The client retries automatically. If the problem persists, check the network.',
  })
}

function connectNotGranted(clientId: string): NotGrantedError {
  return new NotGrantedError(`AWS IoT does not allow these credentials to connect as '${clientId}'`, {
    operation: 'connect',
    byBroker: true,
    value: clientId,
    remedy:
      'The client ID must begin with the vended prefix, and the topic of a last will must be granted. If both are correct, the policy has changed.',
  })
}
