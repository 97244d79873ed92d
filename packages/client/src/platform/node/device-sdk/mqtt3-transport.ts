import { setTimeout } from 'node:timers/promises'
import type { mqtt } from 'aws-iot-device-sdk-v2'
import { notInMqtt3 } from '../../../common-errors.js'
import type { OutgoingMessage, QoS, Transport, TransportFailure } from '../../../connection/transport.js'
import { firstRefusal, type ReasonCode } from '../../../support/reason-codes.js'
import { handshakeTransform } from './handshake-transform.js'
import { bytesOfBuffer, failureName, proxyOptions } from './mqtt5-client.js'
import { sdk } from './sdk.js'
import { SdkTransport } from './sdk-transport.js'

/** Maximum time that closing waits for the DISCONNECT to be sent. */
const stopDeadlineMs = 800
/** Maximum time that an attempt waits for the previous one to end. */
const dropDeadlineMs = 5_000
/** When the SDK would reconnect by itself. It is stopped before that, but it only releases a broken connection at this time. */
const sdkReconnectSeconds = 1

/** An SDK connection, and whether it was ever connected: the SDK never responds to disconnecting an unconnected one. */
interface Line {
  readonly connection: mqtt.MqttClientConnection
  /** Resolves when the attempt is over. */
  readonly settled: Promise<void>
  stood: boolean
  /** Whether it has ended without our action: the broker has released it. */
  cut: boolean
}

/**
 * MQTT 3.1.1 with the device SDK's client, with a new SDK client for each connection: an SDK connection cannot withdraw operations, and
 * does not report when a reconnect fails.
 */
export class Mqtt3Transport extends SdkTransport<Line> implements Transport {
  readonly hidesAnswers = true
  #line: Line | undefined
  /** Resolves when the previous connection has been released. */
  #dropped: Promise<void> = Promise.resolve()
  /** Number of the current attempt; earlier ones must not start any more. */
  #dials = 0

  subscribe(filter: string, qos: QoS): Promise<ReasonCode> {
    return this.operations.add(async ({ connection }) => {
      const answer = await connection.subscribe(filter, qos)
      // A refused filter resolves too: the SDK returns the SUBACK's return code as QoS.
      return answer.error_code === 0 ? (answer.qos ?? firstRefusal) : firstRefusal
    })
  }

  unsubscribe(filter: string): Promise<ReasonCode> {
    return this.operations.add(async ({ connection }) => {
      await connection.unsubscribe(filter)
      return 0
    })
  }

  async publish({ topic, payload, qos, retain, properties = {} }: OutgoingMessage): Promise<ReasonCode> {
    const [lacking] = Object.keys(properties)
    if (lacking !== undefined) throw notInMqtt3(lacking)
    const bytes = new Uint8Array(payload).buffer
    const send = async ({ connection }: Line) => {
      await connection.publish(topic, bytes, qos, retain)
      return 0
    }
    if (qos === 1) return this.operations.add(send)
    if (!this.connected || this.#line === undefined) throw new Error('there is no connection')
    return this.handedOver(send(this.#line))
  }

  protected dial(): void {
    this.#dials += 1
    const dial = this.#dials
    void Promise.race([this.#dropped, setTimeout(dropDeadlineMs, undefined, { ref: false })]).then(() => {
      if (dial === this.#dials) this.#attempt()
    })
  }

  protected hangUp(): void {
    this.#dials += 1
    this.#dropped = this.#drop()
  }

  protected async free(): Promise<void> {
    this.hangUp()
    await Promise.race([this.#dropped, setTimeout(stopDeadlineMs, undefined, { ref: false })])
  }

  #attempt(): void {
    let settle = () => {}
    const settled = new Promise<void>((resolve) => {
      settle = resolve
    })
    const wanted = () => this.#line === line
    const line: Line = { connection: this.#open(wanted), settled, stood: false, cut: false }
    this.#line = line
    const { connection } = line
    connection.on('connection_success', ({ session_present }) => {
      line.stood = true
      settle()
      if (wanted()) this.accepted(line, session_present)
    })
    connection.on('connection_failure', ({ error }) => {
      settle()
      if (wanted()) this.ended(failure(error))
    })
    connection.on('interrupt', (error) => {
      line.cut = true
      if (wanted()) this.ended(failure(error))
    })
    connection.on('message', (topic, payload, duplicate, qos, retain) => {
      const packet = { topic, payload: bytesOfBuffer(payload), qos: qos === 0 ? 0 : 1, retain, duplicate } as const
      // Not in the SDK's callback: an exception in a listener would end the process silently.
      queueMicrotask(() => this.emit('message', packet))
    })
    // Without a listener, an 'error' event would end the process; each error also arrives as a rejection or an event above.
    connection.on('error', () => {})
    // The failure is reported as an event.
    connection.connect().catch(() => {})
  }

  /** An attempt cannot be cancelled: this waits for its result, and it counts as a CONNECT. */
  async #drop(): Promise<void> {
    const line = this.#line
    this.#line = undefined
    if (line === undefined) return this.#dropped
    const { connection, stood, settled } = line
    await settled
    if (!line.stood) return
    if (!stood) this.options.handshake.settled(true)
    const disconnected = connection.disconnect().catch(() => {})
    if (!line.cut) await disconnected
  }

  /** @param wanted whether the attempt should still continue when it is signed */
  #open(wanted: () => boolean): mqtt.MqttClientConnection {
    const { host, port, region, clientId, keepAliveSeconds, will, route, handshake } = this.options
    const tls = new sdk.io.TlsContextOptions()
    if (route.ca !== undefined) tls.override_default_trust_store(route.ca)
    const proxy = proxyOptions(route)
    return new sdk.mqtt.MqttClient().new_connection({
      client_id: clientId,
      host_name: host,
      port,
      clean_session: false,
      ...(will === undefined ? {} : { will: willOf(will) }),
      keep_alive: keepAliveSeconds,
      reconnect_min_sec: sdkReconnectSeconds,
      reconnect_max_sec: sdkReconnectSeconds,
      socket_options: new sdk.io.SocketOptions(),
      tls_ctx: new sdk.io.ClientTlsContext(tls),
      ...(proxy === undefined ? {} : { proxy_options: proxy }),
      use_websocket: true,
      disable_metrics: true,
      websocket_handshake_transform: handshakeTransform(handshake, region, wanted),
    })
  }
}

function willOf({ topic, qos, payload, retain }: OutgoingMessage): mqtt.MqttWill {
  return new sdk.mqtt.MqttWill(topic, qos, new Uint8Array(payload).buffer, retain)
}

function failure(error: { error_name?: string; toString(): string } | undefined): TransportFailure {
  return { name: failureName(error ?? {}), message: String(error) }
}
