// Errors that most programs never get. This module is loaded when the first one is needed: see support/rare.ts.
import { TopicCredentialsError } from './errors.js'

/** An option or a value that cannot be used. */
function invalid(message: string, value: unknown, remedy: string, cause?: unknown): TopicCredentialsError {
  return new TopicCredentialsError(message, { code: 'invalid_argument', value: String(value), remedy, cause })
}

export function nothingToResume(): TopicCredentialsError {
  return invalid(
    'Resuming a session requires a fixed client ID',
    'resume: true',
    'Set `clientIdSuffix`, and use it for one connection at a time.',
  )
}

export function keepAliveInvalid(seconds: number): TopicCredentialsError {
  return invalid(
    `The keep-alive interval ${seconds} s is not valid`,
    seconds,
    'Set an integer from 30 to 1,200 seconds; AWS IoT treats smaller values as 30.',
  )
}

export function clientIdTooLong(clientId: string, bytes: number, limit: number): TopicCredentialsError {
  return invalid(
    `The client ID '${clientId}' has ${bytes} bytes; the limit is ${limit}`,
    clientId,
    'Use a shorter clientIdSuffix.',
  )
}

export function endpointInvalid(text: string): TopicCredentialsError {
  return invalid(
    `'${text}' is not the host name of an IoT endpoint`,
    text,
    'Use a host name without a scheme: xxxx-ats.iot.<region>.amazonaws.com. ws://127.0.0.1:<port> is only accepted for this machine',
  )
}

export function noDeviceSdk(): TopicCredentialsError {
  return invalid(
    'The device SDK transport is only available in Node',
    'device-sdk',
    'Omit `transport`: in a browser the default is `websocket`.',
  )
}

export function onlyMqtt5(mqtt: number): TopicCredentialsError {
  return invalid(
    'The websocket transport supports only MQTT 5, not MQTT 3.1.1',
    `mqtt: ${mqtt}`,
    'Omit `mqtt`, or use the transport `device-sdk` (Node only).',
  )
}

/** @param bytes its length; undefined for a value without a JSON form */
export function payloadInvalid(payload: unknown, bytes: number | undefined, limit: number): TopicCredentialsError {
  if (bytes === undefined) {
    return invalid(
      `A payload of type ${typeof payload} cannot be sent`,
      typeof payload,
      'Pass bytes, a string, or a value with a JSON form.',
    )
  }
  return invalid(
    `The payload has ${bytes} bytes; the limit ${limit === 65_535 ? 'of a last will' : 'of AWS IoT'} is ${limit}`,
    `${bytes} bytes`,
    'Send it in parts, or upload it to S3 and publish its location.',
  )
}

/** @param fault the property and the type of its value: `contentType cannot be number` */
export function unsendable(fault: string): TopicCredentialsError {
  return invalid(`The message cannot be sent: ${fault}`, fault, 'See MessageProperties.')
}

/** @param seconds the invalid `spreadSeconds` */
export function spreadInvalid(seconds: unknown): TopicCredentialsError {
  return invalid(
    `spreadSeconds is ${seconds}`,
    seconds,
    'Set spreadSeconds to a value from 1 to 86,400: about 1.1 × clients / 500.',
  )
}

export function vendorUrlInvalid(url: string): TopicCredentialsError {
  return invalid(
    `'${url}' is not the https URL of a credential vendor`,
    url,
    'Use the stack’s output CredentialsUrl: https://….execute-api.<region>.amazonaws.com/credentials',
  )
}

/** Another user has other topics and client IDs: subscriptions, publishes and queued messages belong to the previous user. */
export function userChanged(before: string, now: string): TopicCredentialsError {
  return new TopicCredentialsError(`The vendor identified this caller as ${now}, but as ${before} before`, {
    code: 'user_changed',
    value: now,
    remedy:
      'Use AWS credentials with a fixed session name (role_session_name, AWS_ROLE_SESSION_NAME), or open a new session for the new user.',
  })
}

export function noVendor(url: string, cause: unknown): TopicCredentialsError {
  return new TopicCredentialsError(`${url} responded with 200, but without credentials`, {
    code: 'endpoint_wrong',
    value: url,
    remedy: 'Use the unchanged value of the stack’s output CredentialsUrl.',
    cause,
  })
}

export function insecureContext(): TopicCredentialsError {
  return new TopicCredentialsError('crypto.subtle is not available: this page is not a secure context', {
    code: 'insecure_context',
    remedy: 'Serve the page over https or, during development, from http://localhost or http://127.0.0.1.',
  })
}
