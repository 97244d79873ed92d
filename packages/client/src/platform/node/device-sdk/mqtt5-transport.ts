import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mqtt5 } from 'aws-iot-device-sdk-v2'
import {
  messageIdProperty,
  type OutgoingMessage,
  type QoS,
  type Transport,
  type TransportEvents,
  type TransportOptions,
} from '../../../connection/transport.js'
import { Emitter } from '../../../support/emitter.js'
import type { ReasonCode } from '../../../support/reason-codes.js'
import { buildClient, failure, freeClient, receivedPacket } from './mqtt5-client.js'

/** Something to send, and not answered yet. */
interface Operation {
  send(client: mqtt5.Mqtt5Client): Promise<void>
  fail(error: unknown): void
}

/**
 * MQTT 5 over the device SDK's client.
 *
 * The SDK connects again by itself, with pauses that do not depend on why the last attempt failed. So it makes one attempt when
 * a connection breaks, and is put to rest when an attempt fails. A client at rest has forgotten what was not acknowledged and
 * would begin a new session: so it is replaced by one that resumes the session, and what was not answered is sent again, in order.
 */
export class Mqtt5Transport extends Emitter<TransportEvents> implements Transport {
  readonly reportsFailedReconnects = true
  readonly hidesAnswers = true
  readonly #options: TransportOptions
  /** Let go of by `stop`, so that it can be collected: see `collectSoon`. */
  #client: mqtt5.Mqtt5Client | undefined
  readonly #pending = new Set<Operation>()
  /** Resolves when the client is at rest; undefined while it is connected or trying. */
  #rest: Promise<unknown> | undefined = Promise.resolve()
  /** What a client answers that was put to rest since it was asked does not count. */
  #rests = 0
  #startWanted = false
  #sessionBehavior = mqtt5.ClientSessionBehavior.RejoinPostSuccess
  #connected = false
  /** Whether the broker may have a session of ours. */
  #established = false

  constructor(options: TransportOptions) {
    super()
    this.#options = options
    this.#client = this.#build()
  }

  start(): void {
    if (this.#startWanted) return
    this.#startWanted = this.#rest !== undefined
    void this.#rest?.then(() => {
      if (!this.#startWanted) return
      this.#startWanted = false
      this.#rest = undefined
      this.#client?.start()
      for (const operation of this.#pending) this.#send(operation)
    })
  }

  async subscribe(filter: string, qos: QoS): Promise<ReasonCode> {
    const suback = await this.#handOver((client) => client.subscribe({ subscriptions: [{ topicFilter: filter, qos }] }))
    return suback.reasonCodes[0] ?? 0x80
  }

  async unsubscribe(filter: string): Promise<void> {
    await this.#handOver((client) => client.unsubscribe({ topicFilters: [filter] }))
  }

  async publish({ topic, payload, qos, retain }: OutgoingMessage): Promise<ReasonCode> {
    const packet = { topicName: topic, payload, qos, retain }
    if (qos === 0) return (await this.#open().publish(packet))?.reasonCode ?? 0
    const userProperties = [{ name: messageIdProperty, value: randomUUID() }]
    const puback = await this.#handOver((client) => client.publish({ ...packet, userProperties }))
    // A refused publish resolves all the same: its PUBACK carries the refusal.
    return puback?.reasonCode ?? 0
  }

  async reconnect(): Promise<void> {
    await this.#putToRest()
    this.emit('interrupted', { name: 'RECONNECT', message: 'connecting again, as asked to' })
    this.start()
  }

  async stop(): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    this.#client = undefined
    this.removeAllListeners()
    for (const { fail } of this.#pending) fail(new Error('The transport is stopped'))
    this.#pending.clear()
    const stopped = this.#rest ?? once(client, mqtt5.Mqtt5Client.STOPPED)
    const freed = stopped.then(() => freeClient(client))
    // Ends the broker's session too: nothing is left behind that would queue messages for nobody.
    if (this.#rest === undefined) {
      client.stop({ reasonCode: mqtt5.DisconnectReasonCode.NormalDisconnection, sessionExpiryIntervalSeconds: 0 })
    }
    // An attempt to connect that is under way is given up in its own time, which may be many seconds.
    if (this.#connected) await freed
  }

  /** Ends the connection or the attempts. Until `start`, operations wait. */
  #putToRest(): Promise<unknown> {
    this.#startWanted = false
    if (this.#rest !== undefined) return this.#rest
    const client = this.#open()
    const stopped = once(client, mqtt5.Mqtt5Client.STOPPED)
    this.#rest = stopped
    this.#rests += 1
    this.#connected = false
    if (this.#established && this.#sessionBehavior !== mqtt5.ClientSessionBehavior.RejoinAlways) {
      this.#sessionBehavior = mqtt5.ClientSessionBehavior.RejoinAlways
      this.#client = this.#build()
      void stopped.then(() => freeClient(client))
    }
    client.stop()
    return stopped
  }

  /** The broker's answer, however often the client is put to rest before it comes. */
  async #handOver<T>(operate: (client: mqtt5.Mqtt5Client) => Promise<T>): Promise<T> {
    this.#open()
    return new Promise((resolve, reject) => {
      const operation = {
        send: async (client: mqtt5.Mqtt5Client) => resolve(await operate(client)),
        fail: reject,
      }
      this.#pending.add(operation)
      if (this.#rest === undefined) this.#send(operation)
    })
  }

  #send(operation: Operation): void {
    const rests = this.#rests
    operation.send(this.#open()).then(
      () => this.#pending.delete(operation),
      (error: unknown) => {
        if (rests === this.#rests && this.#pending.delete(operation)) operation.fail(error)
      },
    )
  }

  #open(): mqtt5.Mqtt5Client {
    if (this.#client !== undefined) return this.#client
    throw new Error('The transport is stopped')
  }

  #build(): mqtt5.Mqtt5Client {
    const client = buildClient(this.#options, this.#sessionBehavior)
    this.#relayEvents(client)
    return client
  }

  #relayEvents(client: mqtt5.Mqtt5Client): void {
    const active = () => this.#client === client && this.#rest === undefined
    client.on('attemptingConnect', () => {
      if (active()) this.emit('connecting')
    })
    client.on('connectionSuccess', ({ settings }) => {
      if (!active()) return
      this.#connected = true
      this.#established = true
      this.emit('connected', { sessionPresent: settings.rejoinedSession })
    })
    client.on('connectionFailure', ({ error, connack }) => {
      if (!active()) return
      void this.#putToRest()
      this.emit('failed', failure(error, connack?.reasonCode))
    })
    client.on('disconnection', ({ error, disconnect }) => {
      if (!active()) return
      this.#connected = false
      this.emit('interrupted', failure(error, disconnect?.reasonCode))
    })
    client.on('messageReceived', ({ message }) => {
      const packet = receivedPacket(message)
      // Not within the SDK's callback: what a listener throws there is lost, or ends the process without a word.
      queueMicrotask(() => this.emit('message', packet))
    })
    // Without a listener an 'error' event would end the process; the failure itself arrives by the events above.
    client.on('error', () => {})
  }
}
