import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { io, mqtt5 } from 'aws-iot-device-sdk-v2'
import { collectSoon } from './native-memory.js'
import {
  bytesOfBuffer,
  type OutgoingMessage,
  type QoS,
  type ReasonCode,
  type Transport,
  type TransportEvents,
  type TransportOptions,
} from './transport.js'

/** How long the broker keeps the session of a connection that broke, in seconds: AWS's own maximum by default. */
const SESSION_EXPIRY_SECONDS = 3_600
/** First pause before a reconnect. The SDK's default of a second would be most of the gap at a renewal. */
const MIN_RECONNECT_DELAY_MS = 100
const MAX_RECONNECT_DELAY_MS = 60_000
/** A connection that held for so many connect intervals was a good one: the pauses begin small again. */
const GOOD_CONNECTION_INTERVALS = 5

/** User property that tells a message from another one with the same content: see `Repetition`. */
const MESSAGE_ID = 'message-id'

/** MQTT 5 over the device SDK's client. */
export class Mqtt5Transport extends EventEmitter<TransportEvents> implements Transport {
  readonly reportsFailedReconnects = true
  /** Let go of by `stop`, so that it can be collected: see `collectSoon`. */
  #client: mqtt5.Mqtt5Client | undefined
  #connected = false

  constructor(options: TransportOptions) {
    super()
    const tls = new io.TlsContextOptions()
    if (options.ca !== undefined) tls.override_default_trust_store(options.ca)
    const client = new mqtt5.Mqtt5Client({
      hostName: options.host,
      port: options.port,
      tlsCtx: new io.ClientTlsContext(tls),
      connectProperties: {
        clientId: options.clientId,
        keepAliveIntervalSeconds: options.keepAliveSeconds,
        sessionExpiryIntervalSeconds: SESSION_EXPIRY_SECONDS,
        ...(options.will === undefined ? {} : { will: willOf(options.will) }),
      },
      sessionBehavior: mqtt5.ClientSessionBehavior.RejoinPostSuccess,
      minReconnectDelayMs: MIN_RECONNECT_DELAY_MS,
      maxReconnectDelayMs: MAX_RECONNECT_DELAY_MS,
      minConnectedTimeToResetReconnectDelayMs: Math.max(1, GOOD_CONNECTION_INTERVALS * options.connectIntervalMs),
      retryJitterMode: mqtt5.RetryJitterType.Full,
      offlineQueueBehavior: mqtt5.ClientOperationQueueBehavior.FailQos0PublishOnDisconnect,
      extendedValidationAndFlowControlOptions: mqtt5.ClientExtendedValidationAndFlowControl.AwsIotCoreDefaults,
      disableMetrics: true,
      websocketHandshakeTransform: options.handshake.transform,
    })
    this.#relayEvents(client)
    this.#client = client
  }

  start(): void {
    this.#client?.start()
  }

  async subscribe(filter: string, qos: QoS): Promise<ReasonCode> {
    const suback = await this.#open().subscribe({ subscriptions: [{ topicFilter: filter, qos }] })
    return suback.reasonCodes[0] ?? 0x80
  }

  async unsubscribe(filter: string): Promise<void> {
    await this.#open().unsubscribe({ topicFilters: [filter] })
  }

  async publish({ topic, payload, qos, retain }: OutgoingMessage): Promise<ReasonCode> {
    const id = { name: MESSAGE_ID, value: randomUUID() }
    const puback = await this.#open().publish({
      topicName: topic,
      payload,
      qos,
      retain,
      ...(qos === 1 ? { userProperties: [id] } : {}),
    })
    // A refused publish resolves all the same: its PUBACK carries the refusal.
    return puback?.reasonCode ?? 0
  }

  async reconnect(): Promise<void> {
    const client = this.#open()
    const stopped = once(client, mqtt5.Mqtt5Client.STOPPED)
    client.stop()
    await stopped
    this.emit('interrupted', { name: 'RECONNECT', message: 'connecting again, as asked to' })
    client.start()
  }

  async stop(): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    this.#client = undefined
    this.removeAllListeners()
    const stopped = once(client, mqtt5.Mqtt5Client.STOPPED).then(() => {
      client.close()
      client.removeAllListeners()
      collectSoon()
    })
    // Ends the broker's session too: nothing is left behind that would queue messages for nobody.
    client.stop({ reasonCode: mqtt5.DisconnectReasonCode.NormalDisconnection, sessionExpiryIntervalSeconds: 0 })
    // An attempt to connect that is under way is given up in its own time, which may be many seconds.
    if (this.#connected) await stopped
  }

  #open(): mqtt5.Mqtt5Client {
    if (this.#client !== undefined) return this.#client
    throw new Error('The transport is stopped')
  }

  #relayEvents(client: mqtt5.Mqtt5Client): void {
    client.on('attemptingConnect', () => this.emit('connecting'))
    client.on('connectionSuccess', ({ settings }) => {
      this.#connected = true
      this.emit('connected', { sessionPresent: settings.rejoinedSession })
    })
    client.on('connectionFailure', ({ error, connack }) => this.emit('failed', failure(error, connack?.reasonCode)))
    client.on('disconnection', ({ error, disconnect }) => {
      this.#connected = false
      this.emit('interrupted', failure(error, disconnect?.reasonCode))
    })
    client.on('messageReceived', ({ message }) => {
      const id = message.userProperties?.find(({ name }) => name === MESSAGE_ID)?.value
      const packet = {
        topic: message.topicName,
        payload: bytesOf(message.payload),
        qos: message.qos === 0 ? 0 : 1,
        retain: message.retain ?? false,
        duplicate: false,
        ...(id === undefined ? {} : { id }),
      } as const
      // Not within the SDK's callback: what a listener throws there is lost, or ends the process without a word.
      queueMicrotask(() => this.emit('message', packet))
    })
    // Without a listener an 'error' event would end the process; the failure itself arrives by the events above.
    client.on('error', () => {})
  }
}

function willOf({ topic, ...will }: OutgoingMessage): mqtt5.PublishPacket {
  return { topicName: topic, ...will }
}

function failure(error: { error_name?: string; toString(): string }, reasonCode: number | undefined) {
  return {
    name: error.error_name ?? 'AWS_ERROR_UNKNOWN',
    message: error.toString(),
    ...(reasonCode === undefined ? {} : { reasonCode }),
  }
}

function bytesOf(payload: unknown): Uint8Array {
  if (payload instanceof Uint8Array) return payload
  if (payload instanceof ArrayBuffer) return bytesOfBuffer(payload)
  return new TextEncoder().encode(payload === undefined || payload === null ? '' : String(payload))
}
