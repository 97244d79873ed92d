import { setTimeout } from 'node:timers/promises'
import { io, mqtt } from 'aws-iot-device-sdk-v2'
import type { OutgoingMessage, QoS, Transport, TransportFailure } from '../../../connection/transport.js'
import { notInMqtt3 } from '../../../errors.js'
import { firstRefusal, type ReasonCode } from '../../../support/reason-codes.js'
import { handshakeTransform } from './handshake-transform.js'
import { bytesOfBuffer, proxyOptions } from './mqtt5-client.js'
import { SdkTransport } from './sdk-transport.js'

/** How long closing waits for the DISCONNECT to be sent. */
const stopDeadlineMs = 800
/** How long an attempt waits for the one before it to be over. */
const dropDeadlineMs = 5_000
/** When the SDK would connect again by itself. It does not get that far, but only then does it let go of a connection that was cut. */
const sdkReconnectSeconds = 1

/** An SDK connection, and whether it has stood: what was never connected cannot be disconnected, the SDK would not answer. */
interface Line {
  readonly connection: mqtt.MqttClientConnection
  /** When the attempt is over. */
  readonly settled: Promise<void>
  stood: boolean
  /** Whether it has ended by itself: nothing of it is left at the broker. */
  cut: boolean
}

/**
 * MQTT 3.1.1 over the device SDK's client, with a new one for each connection: an SDK connection cannot take back what was handed to it,
 * and does not say when an attempt to come back fails.
 */
export class Mqtt3Transport extends SdkTransport<Line> implements Transport {
  readonly hidesAnswers = true
  #line: Line | undefined
  /** Resolves when nothing is left of the connection before. */
  #dropped: Promise<void> = Promise.resolve()
  /** Counts attempts: what was to begin before does not any more. */
  #dials = 0

  subscribe(filter: string, qos: QoS): Promise<ReasonCode> {
    return this.operations.add(async ({ connection }) => {
      const answer = await connection.subscribe(filter, qos)
      // A refused filter resolves too: the SDK hands on the SUBACK's return code as its QoS.
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
      // Not within the SDK's callback: what a listener throws there ends the process without a word.
      queueMicrotask(() => this.emit('message', packet))
    })
    // Without a listener an 'error' event would end the process; each one arrives as a rejection or an event above too.
    connection.on('error', () => {})
    // Why it failed arrives as an event.
    connection.connect().catch(() => {})
  }

  /** An attempt cannot be called off: what comes of it is waited for, and counts as a CONNECT. */
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

  /** @param wanted whether the attempt may still go on when it is signed */
  #open(wanted: () => boolean): mqtt.MqttClientConnection {
    const { host, port, region, clientId, keepAliveSeconds, will, route, handshake } = this.options
    const tls = new io.TlsContextOptions()
    if (route.ca !== undefined) tls.override_default_trust_store(route.ca)
    const proxy = proxyOptions(route)
    return new mqtt.MqttClient().new_connection({
      client_id: clientId,
      host_name: host,
      port,
      clean_session: false,
      ...(will === undefined ? {} : { will: willOf(will) }),
      keep_alive: keepAliveSeconds,
      reconnect_min_sec: sdkReconnectSeconds,
      reconnect_max_sec: sdkReconnectSeconds,
      socket_options: new io.SocketOptions(),
      tls_ctx: new io.ClientTlsContext(tls),
      ...(proxy === undefined ? {} : { proxy_options: proxy }),
      use_websocket: true,
      disable_metrics: true,
      websocket_handshake_transform: handshakeTransform(handshake, region, wanted),
    })
  }
}

function willOf({ topic, qos, payload, retain }: OutgoingMessage): mqtt.MqttWill {
  return new mqtt.MqttWill(topic, qos, new Uint8Array(payload).buffer, retain)
}

function failure(error: { error_name?: string; toString(): string } | undefined): TransportFailure {
  return { name: error?.error_name ?? 'AWS_ERROR_UNKNOWN', message: String(error) }
}
