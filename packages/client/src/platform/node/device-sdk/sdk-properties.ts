import type { mqtt5 } from 'aws-iot-device-sdk-v2'
import type { MessageProperties } from '../../../connection/message-properties.js'
import { unsendable } from '../../../rare-errors.js'

/** The length field of an MQTT string has two bytes (MQTT 5 §1.5.4). */
const maxBytes = 65_535
/** Message Expiry Interval is a four-byte integer (§3.3.2.3.3). */
const maxSeconds = 0xffff_ffff

/**
 * Converts MQTT 5 properties to the SDK's names. The SDK does not validate some of them, and does not name the invalid one for others.
 *
 * @throws TopicCredentialsError `invalid_argument`
 */
export function sdkProperties(properties: MessageProperties): Partial<mqtt5.PublishPacket> {
  const { responseTopic, correlationData, messageExpiryInterval, contentType, userProperties } = properties
  for (const [name, value] of Object.entries(properties)) {
    if (isSayable(name, value)) continue
    const found = typeof value === 'number' || name === 'responseTopic' ? value : typeof value
    throw unsendable(`${name} cannot be ${found}`)
  }
  return {
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: new Uint8Array(correlationData) }),
    ...(messageExpiryInterval === undefined ? {} : { messageExpiryIntervalSeconds: messageExpiryInterval }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(userProperties === undefined
      ? {}
      : { userProperties: userProperties.map(([name, value]) => ({ name, value })) }),
  }
}

/** The properties of a received message, with MQTT 5's names. @param bytesOf converts the SDK's byte format */
export function propertiesOf(
  message: mqtt5.PublishPacket,
  bytesOf: (payload: unknown) => Uint8Array,
): MessageProperties {
  const { responseTopic, correlationData, messageExpiryIntervalSeconds, contentType, userProperties } = message
  return {
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: bytesOf(correlationData) }),
    ...(messageExpiryIntervalSeconds === undefined ? {} : { messageExpiryInterval: messageExpiryIntervalSeconds }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(userProperties === undefined ? {} : { userProperties: userProperties.map(({ name, value }) => [name, value]) }),
  }
}

function isSayable(name: string, value: unknown): boolean {
  switch (name) {
    case 'correlationData':
      return value instanceof Uint8Array && value.byteLength <= maxBytes
    case 'messageExpiryInterval':
      return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maxSeconds
    case 'responseTopic':
      return isText(value) && /^[^#+]+$/u.test(String(value))
    case 'userProperties':
      return (
        Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText))
      )
    default:
      return isText(value)
  }
}

/** Without null characters and lone surrogates [MQTT-1.5.4-1, -2]. */
function isText(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    !/[\0\p{Surrogate}]/u.test(value) &&
    new TextEncoder().encode(value).byteLength <= maxBytes
  )
}
