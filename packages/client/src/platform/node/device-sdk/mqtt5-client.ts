import type { http, mqtt5 } from 'aws-iot-device-sdk-v2'
import { receivedProperties } from '../../../connection/message-properties.js'
import { pingOverdue } from '../../../connection/operations.js'
import type { Route } from '../../../connection/route.js'
import type {
  OutgoingMessage,
  ReceivedPacket,
  TransportFailure,
  TransportOptions,
} from '../../../connection/transport.js'
import { handshakeTransform } from './handshake-transform.js'
import { collectSoon } from './native-ending.js'
import { sdk } from './sdk.js'
import { propertiesOf } from './sdk-properties.js'

/** How long the broker keeps the session of a broken connection, in seconds: AWS's default maximum. */
const sessionExpirySeconds = 3_600
/**
 * Creates an MQTT 5 client of the device SDK, configured for AWS IoT; not started.
 *
 * @param wanted whether an attempt of this client may continue: the SDK makes further ones by itself until it is stopped
 */
export function buildClient(
  options: TransportOptions,
  sessionBehavior: mqtt5.ClientSessionBehavior,
  wanted: () => boolean,
): mqtt5.Mqtt5Client {
  const tls = new sdk.io.TlsContextOptions()
  if (options.route.ca !== undefined) tls.override_default_trust_store(options.route.ca)
  const httpProxyOptions = proxyOptions(options.route)
  return new sdk.mqtt5.Mqtt5Client({
    hostName: options.host,
    port: options.port,
    tlsCtx: new sdk.io.ClientTlsContext(tls),
    connectProperties: {
      clientId: options.clientId,
      keepAliveIntervalSeconds: options.keepAliveSeconds,
      sessionExpiryIntervalSeconds: sessionExpirySeconds,
      ...(options.will === undefined ? {} : { will: willOf(options.will) }),
    },
    sessionBehavior,
    ...(httpProxyOptions === undefined ? {} : { httpProxyOptions }),
    extendedValidationAndFlowControlOptions: sdk.mqtt5.ClientExtendedValidationAndFlowControl.AwsIotCoreDefaults,
    disableMetrics: true,
    websocketHandshakeTransform: handshakeTransform(options.handshake, options.region, wanted),
  })
}

/** Converts one PUBLISH of the SDK. */
export function receivedPacket(message: mqtt5.PublishPacket): ReceivedPacket {
  return {
    topic: message.topicName,
    payload: bytesOf(message.payload),
    qos: message.qos === 0 ? 0 : 1,
    retain: message.retain ?? false,
    duplicate: false,
    ...receivedProperties(propertiesOf(message, bytesOf)),
  }
}

/** Releases a stopped client. */
export function freeClient(client: mqtt5.Mqtt5Client): void {
  client.close()
  client.removeAllListeners()
  collectSoon()
}

/** An SDK error with the reason code of its packet. */
export function failure(
  error: { error_name?: string; toString(): string },
  reasonCode: number | undefined,
): TransportFailure {
  return {
    name: failureName(error),
    message: error.toString(),
    ...(reasonCode === undefined ? {} : { reasonCode }),
  }
}

/** The SDK's name of an error; the client's own one for a broker that does not respond. */
export function failureName({ error_name: name = 'AWS_ERROR_UNKNOWN' }: { error_name?: string }): string {
  return name === 'AWS_ERROR_MQTT_TIMEOUT' ? pingOverdue : name
}

/** The proxy in the SDK's format. */
export function proxyOptions({ proxy }: Route): http.HttpProxyOptions | undefined {
  if (proxy === undefined) return undefined
  const { hostname, port, username, password } = new URL(proxy)
  const { None, Basic } = sdk.http.HttpProxyAuthenticationType
  return new sdk.http.HttpProxyOptions(
    hostname,
    port === '' ? 80 : Number(port),
    username === '' ? None : Basic,
    decodeURIComponent(username),
    decodeURIComponent(password),
    undefined,
    sdk.http.HttpProxyConnectionType.Tunneling,
  )
}

function willOf({ topic, ...will }: OutgoingMessage): mqtt5.PublishPacket {
  return { topicName: topic, ...will }
}

function bytesOf(payload: unknown): Uint8Array {
  if (payload instanceof Uint8Array) return payload
  if (payload instanceof ArrayBuffer) return bytesOfBuffer(payload)
  return new TextEncoder().encode(payload === undefined || payload === null ? '' : String(payload))
}

/** The SDK passes an empty payload as a detached buffer, for which no view can be created. */
export function bytesOfBuffer(buffer: ArrayBuffer): Uint8Array {
  return buffer.byteLength === 0 ? new Uint8Array() : new Uint8Array(buffer)
}
