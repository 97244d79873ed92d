import { io, mqtt } from 'aws-iot-device-sdk-v2'
import type {
  OutgoingMessage,
  QoS,
  Transport,
  TransportEvents,
  TransportOptions,
} from '../../../connection/transport.js'
import { Emitter } from '../../../support/emitter.js'
import { firstRefusal, notAuthorized, type ReasonCode } from '../../../support/reason-codes.js'
import { handshakeTransform } from './handshake-transform.js'
import { bytesOfBuffer } from './mqtt5-client.js'

const reconnectMinSeconds = 1
/** The SDK's own pauses after an interruption: of attempts that fail then it says nothing, so they stay its own. */
const reconnectMaxSeconds = 60
/** So often the connection has to end over the same operation before that operation counts as refused. */
const maxStrikes = 2

/** Something sent, and not answered yet. */
interface Operation {
  readonly send: (connection: mqtt.MqttClientConnection) => Promise<ReasonCode>
  readonly settle: (code: ReasonCode) => void
  readonly fail: (error: unknown) => void
  strikes: number
}

/**
 * MQTT 3.1.1 over the device SDK's client.
 *
 * In this protocol AWS refuses a PUBLISH or a SUBSCRIBE by closing the connection; the SDK connects again and sends the same
 * thing again, for ever. So: when the connection ends twice over the same oldest unanswered operation, that one is taken
 * to be refused, and a new SDK connection goes on without it. Nor does the SDK say when an attempt to reconnect fails.
 */
export class Mqtt3Transport extends Emitter<TransportEvents> implements Transport {
  readonly reportsFailedReconnects = false
  readonly hidesAnswers = true
  readonly #options: TransportOptions
  readonly #pending = new Set<Operation>()
  #connection: mqtt.MqttClientConnection
  readonly #established = new WeakSet<mqtt.MqttClientConnection>()
  /** An SDK connection whose first attempt failed stays dead. */
  #dead = false
  #attempted = false
  #stopped = false

  constructor(options: TransportOptions) {
    super()
    this.#options = options
    this.#connection = this.#open()
  }

  start(): void {
    if (!this.#attempted) {
      this.#attempt(this.#connection)
    } else if (this.#dead) {
      void this.#replace()
    }
  }

  subscribe(filter: string, qos: QoS): Promise<ReasonCode> {
    return this.#operate(async (connection) => {
      const answer = await connection.subscribe(filter, qos)
      // A refused filter resolves too: the SDK hands on the SUBACK's return code as its QoS.
      return answer.error_code === 0 ? (answer.qos ?? firstRefusal) : firstRefusal
    })
  }

  async unsubscribe(filter: string): Promise<void> {
    await this.#connection.unsubscribe(filter)
  }

  publish({ topic, payload, qos, retain }: OutgoingMessage): Promise<ReasonCode> {
    return this.#operate(async (connection) => {
      await connection.publish(topic, new Uint8Array(payload).buffer, qos, retain)
      return 0
    })
  }

  async reconnect(): Promise<void> {
    this.emit('interrupted', { name: 'RECONNECT', message: 'connecting again, as asked to' })
    await this.#replace()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.removeAllListeners()
    for (const { fail } of this.#pending) fail(new Error('The transport is stopped'))
    this.#pending.clear()
    await this.#release(this.#connection)
  }

  /** What was never connected cannot be disconnected: the SDK would not answer. */
  async #release(connection: mqtt.MqttClientConnection): Promise<void> {
    if (this.#established.has(connection)) await connection.disconnect()
  }

  #open(): mqtt.MqttClientConnection {
    const { host, port, region, clientId, keepAliveSeconds, will, ca, handshake } = this.#options
    const sign = handshakeTransform(handshake, region)
    const tls = new io.TlsContextOptions()
    if (ca !== undefined) tls.override_default_trust_store(ca)
    const connection = new mqtt.MqttClient().new_connection({
      client_id: clientId,
      host_name: host,
      port,
      clean_session: false,
      ...(will === undefined ? {} : { will: willOf(will) }),
      keep_alive: keepAliveSeconds,
      reconnect_min_sec: reconnectMinSeconds,
      reconnect_max_sec: reconnectMaxSeconds,
      socket_options: new io.SocketOptions(),
      tls_ctx: new io.ClientTlsContext(tls),
      use_websocket: true,
      disable_metrics: true,
      websocket_handshake_transform: (request, done) => {
        this.emit('connecting')
        sign(request, done)
      },
    })
    this.#relayEvents(connection)
    return connection
  }

  /** The SDK reconnects by itself, but only after a first success. */
  #attempt(connection: mqtt.MqttClientConnection): void {
    this.#attempted = true
    // Why it failed arrives as an event.
    connection.connect().catch(() => {})
  }

  #operate(send: Operation['send']): Promise<ReasonCode> {
    return new Promise((resolve, reject) => {
      const operation: Operation = { send, settle: resolve, fail: reject, strikes: 0 }
      this.#pending.add(operation)
      this.#send(operation)
    })
  }

  #send(operation: Operation): void {
    const connection = this.#connection
    operation.send(connection).then(
      (code) => this.#pending.delete(operation) && operation.settle(code),
      (error: unknown) => {
        // A connection that was replaced fails what it had: that has been handed to the new one.
        if (connection === this.#connection && this.#pending.delete(operation)) operation.fail(error)
      },
    )
  }

  #onInterrupt(): void {
    const [oldest] = this.#pending
    if (oldest === undefined) return
    oldest.strikes += 1
    if (oldest.strikes < maxStrikes) return
    this.#pending.delete(oldest)
    oldest.settle(notAuthorized)
    void this.#replace()
  }

  /** Goes on with a new SDK connection: there is no other way to take back what was handed to the old one. */
  async #replace(): Promise<void> {
    this.#dead = false
    const replaced = this.#connection
    replaced.removeAllListeners()
    replaced.on('error', () => {})
    const connection = this.#open()
    this.#connection = connection
    for (const operation of this.#pending) this.#send(operation)
    await this.#release(replaced)
    if (!this.#stopped && connection === this.#connection) this.#attempt(connection)
  }

  #relayEvents(connection: mqtt.MqttClientConnection): void {
    connection.on('connection_success', ({ session_present }) => {
      this.#established.add(connection)
      this.emit('connected', { sessionPresent: session_present })
    })
    connection.on('connection_failure', ({ error }) => {
      this.#dead = true
      this.emit('failed', failure(error))
    })
    connection.on('interrupt', (error) => {
      this.emit('interrupted', failure(error))
      this.#onInterrupt()
    })
    connection.on('message', (topic, payload, duplicate, qos, retain) => {
      const packet = { topic, payload: bytesOfBuffer(payload), qos: qos === 0 ? 0 : 1, retain, duplicate } as const
      // Not within the SDK's callback: what a listener throws there ends the process without a word.
      queueMicrotask(() => this.emit('message', packet))
    })
    // Without a listener an 'error' event would end the process; each one arrives as a rejection or an event above too.
    connection.on('error', () => {})
  }
}

function willOf({ topic, qos, payload, retain }: OutgoingMessage): mqtt.MqttWill {
  return new mqtt.MqttWill(topic, qos, new Uint8Array(payload).buffer, retain)
}

function failure(error: { error_name?: string; toString(): string } | undefined) {
  return { name: error?.error_name ?? 'AWS_ERROR_UNKNOWN', message: String(error) }
}
