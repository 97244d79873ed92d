import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { mqtt5 } from 'aws-iot-device-sdk-v2'
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
import { sdkProperties } from './sdk-properties.js'
import { SdkTransport } from './sdk-transport.js'

/** How long a client may take to come to rest before another one takes its place: it may be waiting for a network. */
const restDeadlineMs = 2_000
/** How long closing waits for the DISCONNECT to be sent. */
const stopDeadlineMs = 800
/** An acknowledgement that is so old has been sent. */
const flushedMs = 10_000
/** How long that is waited for. */
const flushDeadlineMs = 5_000

const normalDisconnect = { reasonCode: mqtt5.DisconnectReasonCode.NormalDisconnection }

interface Line {
  readonly client: mqtt5.Mqtt5Client
}

/**
 * MQTT 5 over the device SDK's client, which is started for each attempt and stopped after each connection. A client that is stopped has
 * forgotten what was not acknowledged: `Operations` has not.
 */
export class Mqtt5Transport extends SdkTransport<Line> implements Transport {
  readonly hidesAnswers = true
  /** Let go of by `free`, so that it can be collected: see `collectSoon`. */
  #client: mqtt5.Mqtt5Client | undefined
  /** Resolves when the client is at rest. */
  #rest: Promise<unknown> = Promise.resolve()
  /** Whether the client is started and not stopped. */
  #running = false
  /** Counts attempts and connections: what an earlier one brings does not matter any more. */
  #dial = 0
  /** When a message was acknowledged the last time. */
  #acknowledgedAt = Number.NEGATIVE_INFINITY
  /** Clients that acknowledge nothing more. */
  readonly #leaving = new WeakSet<mqtt5.Mqtt5Client>()
  /** Whether the present client resumes the broker's session. */
  #rejoins: boolean
  /** Whether the broker may have a session of ours. */
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
      // A refused publish resolves all the same: its PUBACK carries the refusal.
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
    // With a DISCONNECT where the connection stands: the last will is for one that is lost.
    this.#stop(this.connected && cause === undefined ? normalDisconnect : undefined)
    if (this.#established && !this.#rejoins) {
      this.#rejoins = true
      this.#replace()
    }
  }

  protected async free(): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    // Ends the broker's session too, unless it is to be resumed: nothing is left behind that would queue messages for nobody.
    this.#stop(this.options.resume ? normalDisconnect : { ...normalDisconnect, sessionExpiryIntervalSeconds: 0 })
    this.#client = undefined
    const freed = this.#rest.then(() => freeClient(client))
    await Promise.race([freed, setTimeout(stopDeadlineMs, undefined, { ref: false })])
  }

  #stop(packet: mqtt5.DisconnectPacket | undefined): void {
    this.#dial += 1
    const client = this.#client
    if (!this.#running || client === undefined) return
    this.#running = false
    this.#rest = once(client, mqtt5.Mqtt5Client.STOPPED)
    // The CONNECT of an attempt that is given up may go out until then.
    if (!this.connected) void this.#rest.then(() => this.options.handshake.settled(false))
    if (packet === undefined) {
      client.stop()
    } else {
      void this.#leave(client, packet)
    }
  }

  /**
   * Sends a DISCONNECT once what was received is acknowledged, and acknowledges nothing more. Otherwise the SDK (aws-crt 1.33.1) puts an
   * acknowledgement in front of the DISCONNECT and sends neither: the client never comes to rest, and keeps the process for a minute and
   * more. It was so in 10 of 12 clients that were stopped just after a message had come. An answer to something that was sent afterwards
   * proves that the acknowledgements are out.
   */
  async #leave(client: mqtt5.Mqtt5Client, packet: mqtt5.DisconnectPacket): Promise<void> {
    this.#leaving.add(client)
    if (performance.now() - this.#acknowledgedAt < flushedMs) {
      const flushed = client.unsubscribe({ topicFilters: ['none'] }).then(
        () => true,
        () => false,
      )
      // A broker that does not answer this gets no DISCONNECT: without one, the client comes to rest for certain.
      if (!(await Promise.race([flushed, setTimeout(flushDeadlineMs, false, { ref: false })]))) return client.stop()
    }
    client.stop(packet)
  }

  /** Goes on with another client, which resumes the session; the old one is freed when it is at rest. */
  #replace(): void {
    const replaced = this.#client
    if (replaced !== undefined) void this.#rest.then(() => freeClient(replaced))
    this.#client = this.#build()
    this.#rest = Promise.resolve()
  }

  #build(): mqtt5.Mqtt5Client {
    const behavior = mqtt5.ClientSessionBehavior
    const client = buildClient(this.options, this.#rejoins ? behavior.RejoinAlways : behavior.Clean)
    const current = (listener: () => void) => {
      if (this.#client === client) listener()
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
      // The connection that follows took the client ID over. The SDK would connect again by itself, and take it back.
      if (this.#leaving.has(client)) client.stop()
      current(() => this.ended(failure(error, disconnect?.reasonCode)))
    })
    client.on('messageReceived', ({ message, acknowledgementControl }) => {
      if (this.#leaving.has(client)) {
        // Taken and not used: a session that is resumed gets the message again.
        acknowledgementControl?.acquireHandle()
      } else if (message.qos !== mqtt5.QoS.AtMostOnce) {
        this.#acknowledgedAt = performance.now()
      }
      const packet = receivedPacket(message)
      // Not within the SDK's callback: what a listener throws there is lost, or ends the process without a word.
      queueMicrotask(() => this.emit('message', packet))
    })
    // Without a listener an 'error' event would end the process; the failure itself arrives by the events above.
    client.on('error', () => {})
    return client
  }
}
