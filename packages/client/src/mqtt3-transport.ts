import { EventEmitter } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { io, mqtt } from 'aws-iot-device-sdk-v2'
import {
  FIRST_REFUSAL,
  type OutgoingMessage,
  type QoS,
  type ReasonCode,
  type Transport,
  type TransportEvents,
  type TransportOptions,
} from './transport.js'

const RECONNECT_MIN_SECONDS = 1
const RECONNECT_MAX_SECONDS = 60

/**
 * MQTT 3.1.1 over the device SDK's client.
 *
 * Two things that this protocol cannot do: a refused CONNECT, PUBLISH or SUBSCRIBE is answered by closing the connection,
 * so that the reason has to be guessed from what was under way; and an attempt to reconnect that fails is not reported.
 */
export class Mqtt3Transport extends EventEmitter<TransportEvents> implements Transport {
  readonly #connection: mqtt.MqttClientConnection
  #stopped = false

  constructor(options: TransportOptions) {
    super()
    const tls = new io.TlsContextOptions()
    if (options.ca !== undefined) tls.override_default_trust_store(options.ca)
    this.#connection = new mqtt.MqttClient().new_connection({
      client_id: options.clientId,
      host_name: options.host,
      port: options.port,
      clean_session: false,
      keep_alive: options.keepAliveSeconds,
      reconnect_min_sec: RECONNECT_MIN_SECONDS,
      reconnect_max_sec: RECONNECT_MAX_SECONDS,
      socket_options: new io.SocketOptions(),
      tls_ctx: new io.ClientTlsContext(tls),
      use_websocket: true,
      disable_metrics: true,
      websocket_handshake_transform: options.handshake.transform,
    })
    this.#relayEvents()
  }

  start(): void {
    void this.#connectFirst()
  }

  async subscribe(filter: string, qos: QoS): Promise<ReasonCode> {
    const answer = await this.#connection.subscribe(filter, qos)
    // A refused filter resolves too: the SDK hands on the SUBACK's return code as its QoS.
    return answer.error_code === 0 ? (answer.qos ?? FIRST_REFUSAL) : FIRST_REFUSAL
  }

  async unsubscribe(filter: string): Promise<void> {
    await this.#connection.unsubscribe(filter)
  }

  async publish({ topic, payload, qos, retain }: OutgoingMessage): Promise<ReasonCode> {
    await this.#connection.publish(topic, payload instanceof Uint8Array ? toArrayBuffer(payload) : payload, qos, retain)
    return 0
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.removeAllListeners()
    // Rejects when it was never connected: then there is nothing to disconnect.
    await this.#connection.disconnect().catch(() => {})
  }

  /** The SDK reconnects by itself, but only after a first success. */
  async #connectFirst(): Promise<void> {
    for (let delay = RECONNECT_MIN_SECONDS; !this.#stopped; delay = Math.min(delay * 2, RECONNECT_MAX_SECONDS)) {
      const connected = await this.#connection.connect().then(
        () => true,
        () => false,
      )
      if (connected) return
      await setTimeout(delay * 1000 * Math.random(), undefined, { ref: false })
    }
  }

  #relayEvents(): void {
    const connection = this.#connection
    connection.on('connection_success', ({ session_present }) =>
      this.emit('connected', { sessionPresent: session_present }),
    )
    connection.on('connection_failure', ({ error }) => this.emit('failed', failure(error)))
    connection.on('interrupt', (error) => this.emit('interrupted', failure(error)))
    connection.on('message', (topic, payload, duplicate, qos, retain) =>
      this.emit('message', { topic, payload: new Uint8Array(payload), qos: qos === 0 ? 0 : 1, retain, duplicate }),
    )
    connection.on('error', () => {})
  }
}

function failure(error: { error_name?: string; toString(): string } | undefined) {
  return { name: error?.error_name ?? 'AWS_ERROR_UNKNOWN', message: String(error) }
}

/** The SDK's payload type knows ArrayBuffer, not views on one. */
function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
