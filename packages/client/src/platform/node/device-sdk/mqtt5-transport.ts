import { setTimeout } from 'node:timers/promises'
import type { mqtt5 } from 'aws-iot-device-sdk-v2'
import { withMessageId } from '../../../connection/message-properties.js'
import type {
  OutgoingMessage,
  QoS,
  Transport,
  TransportFailure,
  TransportOptions,
} from '../../../connection/transport.js'
import type { ReasonCode } from '../../../support/reason-codes.js'
import { buildClient, failure, freeClient, receivedPacket } from './mqtt5-client.js'
import { sdk } from './sdk.js'
import { sdkProperties } from './sdk-properties.js'
import { SdkTransport } from './sdk-transport.js'

/** Maximum time for a client to stop before another one replaces it: it may be waiting for the network. */
const restDeadlineMs = 2_000
/** Maximum time that closing waits for the DISCONNECT to be sent. */
const stopDeadlineMs = 800
/** An acknowledgement of this age has certainly been sent. */
const flushedMs = 10_000
/** Maximum time to wait for that. */
const flushDeadlineMs = 5_000

const normalDisconnect = { reasonCode: sdk.mqtt5.DisconnectReasonCode.NormalDisconnection }

interface Line {
  readonly client: mqtt5.Mqtt5Client
}

/**
 * MQTT 5 with the device SDK's client, which is started for each attempt and stopped after each connection. A stopped client discards
 * unacknowledged operations; `Operations` keeps them.
 */
export class Mqtt5Transport extends SdkTransport<Line> implements Transport {
  readonly hidesAnswers = true
  /** Released by `free`, so that it can be collected: see `collectSoon`. */
  #client: mqtt5.Mqtt5Client | undefined
  /** Resolves when the client has stopped. */
  #rest: Promise<unknown> = Promise.resolve()
  /** Number of the current client; 0 after `free`. */
  #generation = 0
  /** Whether the client has been started and not stopped. */
  #running = false
  /** Number of the current attempt or connection; events of earlier ones are ignored. */
  #dial = 0
  /** When the last message was acknowledged. */
  #acknowledgedAt = Number.NEGATIVE_INFINITY
  /** Clients that must not acknowledge any more messages. */
  readonly #leaving = new WeakSet<mqtt5.Mqtt5Client>()
  /** Whether the current client resumes the broker's session. */
  #rejoins: boolean
  /** Whether the broker may have our session. */
  #established = false

  constructor(options: TransportOptions) {
    super(options)
    this.#rejoins = options.resume
    this.#client = this.#build()
  }

  subscribe(filter: string, qos: QoS): Promise<ReasonCode> {
    return this.operations.add(async ({ client }) => {
      const { reasonCodes } = await client.subscribe({ subscriptions: [{ topicFilter: filter, qos }] })
      return reasonCodes[0] ?? 0x80
    })
  }

  unsubscribe(filter: string): Promise<ReasonCode> {
    return this.operations.add(async ({ client }) => {
      const { reasonCodes } = await client.unsubscribe({ topicFilters: [filter] })
      return reasonCodes[0] ?? 0
    })
  }

  async publish({ topic, payload, qos, retain, properties = {} }: OutgoingMessage): Promise<ReasonCode> {
    const packet = { ...sdkProperties(properties), topicName: topic, payload, qos, retain }
    if (qos === 0) {
      if (!this.connected || this.#client === undefined) throw new Error('there is no connection')
      await this.handedOver(this.#client.publish(packet))
      return 0
    }
    const identified = { ...packet, ...sdkProperties({ userProperties: withMessageId(properties) }) }
    return this.operations.add(async ({ client }) => {
      const puback = await client.publish(identified)
      // A refused publish also resolves: its PUBACK contains the refusal.
      return puback?.reasonCode ?? 0
    })
  }

  protected dial(): void {
    this.#dial += 1
    const dial = this.#dial
    void Promise.race([this.#rest, setTimeout(restDeadlineMs, 'late', { ref: false })]).then((rested) => {
      if (dial !== this.#dial) return
      if (rested === 'late') this.#replace()
      this.#client?.start()
      this.#running = this.#client !== undefined
    })
  }

  protected hangUp(cause: TransportFailure | undefined): void {
    // With a DISCONNECT if the connection is established, so that the last will is only published for lost connections.
    this.#stop(this.connected && cause === undefined ? normalDisconnect : undefined)
    if (this.#established && !this.#rejoins) {
      this.#rejoins = true
      this.#replace()
    }
  }

  protected async free(): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    // Also ends the broker's session unless it is to be resumed, so that the broker does not keep queueing messages.
    this.#stop(this.options.resume ? normalDisconnect : { ...normalDisconnect, sessionExpiryIntervalSeconds: 0 })
    this.#client = undefined
    this.#generation = 0
    const freed = this.#rest.then(() => freeClient(client))
    await Promise.race([freed, setTimeout(stopDeadlineMs, undefined, { ref: false })])
  }

  #stop(packet: mqtt5.DisconnectPacket | undefined): void {
    this.#dial += 1
    const client = this.#client
    if (!this.#running || client === undefined) return
    this.#running = false
    this.#rest = stopped(client)
    // Until then, the CONNECT of an abandoned attempt may still be sent.
    if (!this.connected) void this.#rest.then(() => this.options.handshake.settled(false))
    if (packet === undefined) {
      client.stop()
    } else {
      void this.#leave(client, packet)
    }
  }

  /**
   * Sends a DISCONNECT after all received messages have been acknowledged, and acknowledges no more. Otherwise the SDK (aws-crt 1.33.1) queues
   * an acknowledgement before the DISCONNECT and sends neither: the client never stops, and keeps the process alive for more than a minute.
   * This happened with 10 of 12 clients that were stopped just after a message had arrived. A response to a packet that was sent afterwards
   * proves that the acknowledgements have been sent.
   */
  async #leave(client: mqtt5.Mqtt5Client, packet: mqtt5.DisconnectPacket): Promise<void> {
    this.#leaving.add(client)
    if (performance.now() - this.#acknowledgedAt < flushedMs) {
      const flushed = client.unsubscribe({ topicFilters: ['none'] }).then(
        () => true,
        () => false,
      )
      // A broker that does not respond gets no DISCONNECT: without one, the client always stops.
      if (!(await Promise.race([flushed, setTimeout(flushDeadlineMs, false, { ref: false })]))) return client.stop()
    }
    client.stop(packet)
  }

  /** Continues with a new client, which resumes the session; the old one is released when it has stopped. */
  #replace(): void {
    const replaced = this.#client
    if (replaced !== undefined) void this.#rest.then(() => freeClient(replaced))
    this.#client = this.#build()
    this.#rest = Promise.resolve()
  }

  /**
   * Whether the client of this generation is in use. A stopped client still reports the end of its connection, and may begin
   * one more attempt; both are ignored. The SDK holds this function, so it must not hold the client, which would never be collected.
   */
  #currency(generation: number): () => boolean {
    return () => this.#generation === generation && this.#running
  }

  #build(): mqtt5.Mqtt5Client {
    const behavior = sdk.mqtt5.ClientSessionBehavior
    this.#generation += 1
    const isCurrent = this.#currency(this.#generation)
    const client = buildClient(this.options, this.#rejoins ? behavior.RejoinAlways : behavior.Clean, isCurrent)
    const current = (listener: () => void) => {
      if (isCurrent()) listener()
    }
    client.on('connectionSuccess', ({ settings }) =>
      current(() => {
        this.#established = true
        this.accepted({ client }, settings.rejoinedSession)
      }),
    )
    client.on('connectionFailure', ({ error, connack }) =>
      current(() => this.ended(failure(error, connack?.reasonCode))),
    )
    client.on('disconnection', ({ error, disconnect }) => {
      // The next connection took over the client ID. The SDK would reconnect and take it back.
      if (this.#leaving.has(client)) client.stop()
      current(() => this.ended(failure(error, disconnect?.reasonCode)))
    })
    client.on('messageReceived', ({ message, acknowledgementControl }) => {
      if (this.#leaving.has(client)) {
        // The handle is acquired and never used, so that a resumed session delivers the message again.
        acknowledgementControl?.acquireHandle()
      } else if (message.qos !== sdk.mqtt5.QoS.AtMostOnce) {
        this.#acknowledgedAt = performance.now()
      }
      const packet = receivedPacket(message)
      // Not in the SDK's callback: an exception in a listener would be lost, or end the process silently.
      queueMicrotask(() => this.emit('message', packet))
    })
    // Without a listener, an 'error' event would end the process; the failure itself arrives through the events above.
    client.on('error', () => {})
    return client
  }
}

/**
 * Resolves when the client has stopped and has reported all earlier events. Each kind of event has a separate queue between the
 * SDK's thread and Node (aws-crt 1.33.1): `disconnection` often arrives after `stopped`, and at the latest in the next turn of the event
 * loop. If the client is started before, its next attempt seems to have failed.
 */
function stopped(client: mqtt5.Mqtt5Client): Promise<void> {
  const turns = (left: number, done: () => void): unknown =>
    left === 0 ? done() : setImmediate(() => turns(left - 1, done))
  // Not `once` of `node:events`, which rejects if an 'error' comes first.
  return new Promise((resolve) => client.once(sdk.mqtt5.Mqtt5Client.STOPPED, () => turns(2, resolve)))
}
