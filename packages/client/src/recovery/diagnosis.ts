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

/** Why a connection failed, in words, and whether another attempt can end differently. */
export interface Diagnosis {
  readonly error: TopicCredentialsError
  /** True: the same attempt fails again, so the loop of reconnects must end. */
  readonly terminal: boolean
  /** True: the broker closed without a word after the handshake, which is a refusal only if it does so again. */
  readonly hungUp?: boolean
  /** True: a quota was used up, so many others are trying as well. */
  readonly throttled?: boolean
  /** Access key that AWS does not take any more: the next attempt needs another one. */
  readonly refusedKey?: string
  /** Access key that may be what was refused: nobody says. */
  readonly doubtedKey?: string
}

/**
 * Repeats a handshake that failed, with the same signature, to read the answer.
 *
 * @param path as signed: it holds the session token, so it goes nowhere but to the endpoint that it was signed for
 */
export type AskHandshake = (endpoint: Endpoint, route: Route, path: string) => Promise<HandshakeAnswer>

/** What there is to know about a failed attempt. */
export interface FailedAttempt {
  readonly failure: TransportFailure
  readonly attempt: HandshakeAttempt
  readonly endpoint: Endpoint
  readonly route: Route
  /** Undefined where the transport shows the answer, or where nothing can show it. */
  readonly askHandshake: AskHandshake | undefined
  readonly clientId: string
}

/** Why a connection that stood has ended. If the next attempt fails too, that will be looked into. */
export function diagnoseBreak(failure: TransportFailure, endpoint: Endpoint, clientId: string): Diagnosis {
  const { name, reasonCode = 0 } = failure
  if (overdueNames.has(name)) return passing(silent(failure, endpoint))
  if (reasonCode === 0) return passing(lost(failure, endpoint))
  // Not authorized: that is for what was sent, which has been told.
  return reasonCode === notAuthorized
    ? passing(endedBy(reasonCode))
    : ofReasonCode(reasonCode, clientId, endedBy(reasonCode))
}

/** Finds out why an attempt to connect failed; asks the endpoint once more where the transport hides the answer. */
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
      remedy: 'Look at the cause: it is the provider’s own error.',
      cause: error,
    }),
    terminal: true,
  }
}

/** @param otherwise the error where the code is none of those that have one of their own */
function ofReasonCode(code: ReasonCode, clientId: string, otherwise: TopicCredentialsError): Diagnosis {
  switch (code) {
    case notAuthorized:
      return { error: connectNotGranted(clientId), terminal: true }
    case sessionTakenOver:
      return {
        error: new TopicCredentialsError(`Another connection took over the client ID '${clientId}'`, {
          code: 'client_id_taken_over',
          value: clientId,
          remedy: 'Give each connection a client ID of its own, or none: then one is made up.',
        }),
        terminal: true,
      }
    case quotaExceeded:
    case connectionRateExceeded:
      return throttled(
        new TopicCredentialsError(`AWS IoT answered: ${inWords(code)}`, {
          code: 'quota_exceeded',
          remedy: 'Send less, or have the quota raised (Service Quotas, AWS IoT Core).',
        }),
      )
    default:
      return { error: otherwise, terminal: otherwise.code === 'refused' && permanent.has(code) }
  }
}

/** Codes of a CONNACK that the same CONNECT gets again: MQTT 5 §3.2.2.2. */
const permanent: ReadonlySet<ReasonCode> = new Set([
  0x81, 0x82, 0x84, 0x85, 0x86, 0x8a, 0x8c, 0x90, 0x95, 0x99, 0x9a, 0x9b,
])

/** Errors of the provider after which another call may succeed. */
const mayPass: ReadonlySet<ClientErrorCode> = new Set(['host_not_found', 'vendor_timed_out', 'vendor_unavailable'])

function connectRefused(clientId: string, code: ReasonCode): TopicCredentialsError {
  return new TopicCredentialsError(`AWS IoT refused the connection as '${clientId}': ${inWords(code)}`, {
    code: 'refused',
    value: clientId,
    remedy: 'Look at the client ID, and at topic, size and options of the last will, if there is one.',
  })
}

function endedBy(code: ReasonCode): TopicCredentialsError {
  return new TopicCredentialsError(`AWS IoT ended the connection: ${inWords(code)}`, {
    code: 'connection_lost',
    value: inWords(code),
    remedy: 'It is opened again by itself.',
  })
}

function ofAnswer(
  { failure, attempt, endpoint, clientId }: FailedAttempt,
  { status, message, clockOffset }: HandshakeAnswer,
): Diagnosis {
  const where = `${endpoint.host}:${endpoint.port}`
  if (status === 101) {
    // The handshake is fine, so it was the CONNECT: in MQTT 3.1.1 AWS closes the connection without a word, both when the
    // client ID is not granted and when it connected less than a second ago.
    if (failure.name === 'AWS_ERROR_MQTT_UNEXPECTED_HANGUP') {
      return { error: connectNotGranted(clientId), terminal: false, hungUp: true }
    }
    return passing(lost(failure, endpoint))
  }
  if (status === 429 || status >= 500) {
    const error = new TopicCredentialsError(`${where} answered ${status} to the handshake: ${message}`, {
      code: 'quota_exceeded',
      value: where,
      remedy: 'Wait: it is tried again by itself. If it stays, look at the account’s connection quotas.',
    })
    return status === 429 || status === 503 ? throttled(error) : passing(error)
  }
  if (status !== 403) {
    return {
      error: new TopicCredentialsError(`${where} answered ${status} to the handshake: ${message}`, {
        code: 'endpoint_wrong',
        value: where,
        remedy: 'Use the endpoint that `aws iot describe-endpoint --endpoint-type iot:Data-ATS` prints.',
      }),
      terminal: true,
    }
  }
  const refusedKey = attempt.identity?.accessKeyId
  const key = refusedKey === undefined ? {} : { refusedKey }
  // The clock was set since these were vended. Vending anew learns the difference; if that does not help, it is terminal.
  if (/^Signature (expired|not yet current)/iu.test(message)) {
    return { error: new ClockSkewError(clockOffset, where), terminal: false, ...key }
  }
  const expired = /expired/iu.test(message)
  return {
    error: new TopicCredentialsError(`${where} refused the handshake: ${message}`, {
      code: expired ? 'credentials_expired' : 'handshake_refused',
      value: refusedKey ?? where,
      remedy: expired
        ? 'New ones are fetched by themselves.'
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
    remedy: 'It is opened again by itself.',
    cause: failure,
  })
}

/** What transports call a broker that does not answer in time. */
const overdueNames: ReadonlySet<string> = new Set([
  answerOverdue,
  connectOverdue,
  'PING_OVERDUE',
  'AWS_ERROR_MQTT_TIMEOUT',
])

function silent({ message }: TransportFailure, { host, port }: Endpoint): TopicCredentialsError {
  return new TopicCredentialsError(`${host}:${port} does not answer: ${message}`, {
    code: 'broker_timed_out',
    value: `${host}:${port}`,
    remedy: 'It is tried again by itself. If it stays, look at the network in between.',
  })
}

function connectNotGranted(clientId: string): NotGrantedError {
  return new NotGrantedError(`AWS IoT does not let these credentials connect as '${clientId}'`, {
    operation: 'connect',
    byBroker: true,
    value: clientId,
    remedy:
      'Client IDs must begin with the prefix that was vended, and the topic of a last will must be granted; if that is so, the policy behind it has changed.',
  })
}
