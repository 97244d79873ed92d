import { connectNotGranted } from '../../broker-refusals.js'
import type { HandshakeAnswer } from '../../connection/handshake.js'
import { clockSkew } from '../../credentials/vendor-error.js'
import { TopicCredentialsError } from '../../errors.js'
import { type Diagnosis, type FailedAttempt, lost, passing } from '../../recovery/diagnosis.js'
import { askHandshake } from './handshake-probe.js'

/** Reads the response to a failed handshake; repeats the handshake if the transport hides it. */
export async function diagnoseHandshake(failed: FailedAttempt): Promise<Diagnosis | undefined> {
  const { failure, attempt, endpoint, route, hidesAnswers } = failed
  if (failure.answer !== undefined) return ofAnswer(failed, failure.answer)
  if (attempt.path === undefined || !hidesAnswers) return undefined
  try {
    return ofAnswer(failed, await askHandshake(endpoint, route, attempt.path))
  } catch (error) {
    if (!(error instanceof TopicCredentialsError)) throw error
    return { error, terminal: error.code === 'tls_trust' }
  }
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
    return { error, terminal: false, throttled: status === 429 || status === 503 }
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
  // The clock has changed since the credentials were vended. New credentials measure the difference; if that does not help, the error is terminal.
  if (/^Signature (expired|not yet current)/iu.test(message)) {
    return { error: clockSkew(clockOffset, where), terminal: false, ...key }
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
