import type { Readable } from 'node:stream'
import { Aedes, type AedesPublishPacket, type Client, type Subscription } from 'aedes'
import { BrokerStream } from './broker-stream.js'
import type { MqttConnection } from './connection.js'
import type { Plane } from './plane.js'
import { filterMatches, isExact, parseShared } from './topic.js'

/** What we use of aedes-persistence, which has no types for this. */
interface Persistence {
  addSubscriptions(client: { id: string }, subscriptions: Subscription[]): Promise<void>
  subscriptionsByClient(client: { id: string }): Promise<Subscription[]>
  subscriptionsByTopic(topic: string): Promise<(Subscription & { clientId: string })[]>
  cleanSubscriptions(client: { id: string }): Promise<void>
  createRetainedStreamCombi(filters: string[]): Readable
  storeRetained(packet: object): Promise<void>
  outgoingEnqueue(subscription: { clientId: string }, packet: object): Promise<void>
  outgoingUpdate(client: { id: string }, packet: object): Promise<void>
  outgoingClearMessageId(client: { id: string }, packet: Partial<AedesPublishPacket>): Promise<unknown>
  outgoingStream(client: { id: string }): Readable
  delWill(client: { id: string }): Promise<unknown>
}

type Deliverer = (packet: AedesPublishPacket, done: () => void) => void
/** A message from the server's side. */
export interface Message {
  readonly topic: string
  readonly payload: Buffer
  readonly qos?: 0 | 1
  readonly retain?: boolean
  readonly properties?: NonNullable<AedesPublishPacket['properties']>
}

/** Never a packet identifier on the wire [MQTT-2.2.1-3], so it can mark an entry of a queue. */
const NO_IDENTIFIER = 0

/** aedes, which routes, queues and retains messages, with AWS's deviations where it does so. */
export class Broker {
  readonly #plane: () => Plane
  #aedes: Aedes
  #persistence: Persistence

  private constructor(plane: () => Plane, aedes: Aedes) {
    this.#plane = plane
    this.#aedes = aedes
    this.#persistence = persistenceOf(aedes)
  }

  static async start(plane: () => Plane): Promise<Broker> {
    const broker: Broker = new Broker(plane, await launch(() => broker))
    broker.#deviate(broker.#persistence)
    return broker
  }

  attach(connection: MqttConnection): void {
    this.#aedes.handle(connection.stream)
  }

  /** Publishes for a service or an HTTP caller. */
  publish({ topic, payload, qos = 0, retain = false, properties }: Message): void {
    const packet = {
      cmd: 'publish',
      topic,
      payload,
      qos,
      retain,
      dup: false,
      ...(properties && { properties }),
    } as const
    this.#aedes.publish(packet, () => undefined)
  }

  listen(filter: string, deliverer: Deliverer): void {
    this.#aedes.subscribe(filter, deliverer, () => undefined)
  }

  unlisten(filter: string, deliverer: Deliverer): void {
    this.#aedes.unsubscribe(filter, deliverer, () => undefined)
  }

  /** Sends to one connected client, subscription or not; the check of iot:Receive still happens. */
  deliver(clientId: string, packet: Parameters<Client['publish']>[0]): void {
    const { clients } = this.#aedes as unknown as { clients: Record<string, Client> }
    clients[clientId]?.publish(packet, () => undefined)
  }

  enqueue(clientId: string, packet: object): void {
    void this.#persistence.outgoingEnqueue({ clientId }, packet)
  }

  async subscriptionsOf(clientId: string): Promise<Map<string, number>> {
    const stored = await this.#persistence.subscriptionsByClient({ id: clientId })
    return new Map(stored.map(({ topic, qos }) => [topic, qos]))
  }

  /** Removes all that is kept for a client ID. */
  async wipe(clientId: string): Promise<void> {
    const client = { id: clientId }
    await this.#persistence.cleanSubscriptions(client)
    await this.#persistence.delWill(client)
    for await (const packet of this.#persistence.outgoingStream(client))
      await this.#persistence.outgoingClearMessageId(client, packet as AedesPublishPacket)
  }

  /** The last will of this connection will not be sent. */
  forgetWill(connection: MqttConnection): void {
    const { client } = connection.stream as { client?: { will: unknown } }
    if (client !== undefined) client.will = null
    void this.#persistence.delWill({ id: connection.clientId })
  }

  /** The retained messages whose topic is exactly this, or all. */
  async retained(topic = '#'): Promise<(AedesPublishPacket & { storedAt: number })[]> {
    const { createRetainedStream } = this.#persistence as unknown as { createRetainedStream(filter: string): Readable }
    return (await createRetainedStream.call(this.#persistence, topic).toArray()) as (AedesPublishPacket & {
      storedAt: number
    })[]
  }

  /** iot:Receive, decided anew for every delivery. */
  mayReceive(connection: MqttConnection, topic: string, share?: string): boolean {
    const { authorization, record, switches } = this.#plane()
    const names: string[] = []
    const form = switches.sharedReceiveResource
    if (share === undefined || form !== 'share') names.push(topic)
    if (share !== undefined && form !== 'topic') names.push(`$share/${parseShared(share)?.group}/${topic}`)
    const rulings = names.map((name) => authorization.decide(connection.caller, 'Receive', name))
    if (rulings.some(({ allowed }) => allowed)) return true
    const [first] = rulings
    if (first !== undefined) record.denied('Receive', connection.caller, first, { topic })
    return false
  }

  /** What aedes asks before each delivery, live, queued and retained. */
  admits(connection: MqttConnection, topic: string): boolean {
    if (connection.ended !== undefined) return true // it reaches nobody, and what is queued stays queued
    try {
      return this.#judgeDelivery(connection, topic)
    } catch (error) {
      this.#plane().record.failed(connection.caller, error as Error)
      return false
    }
  }

  #judgeDelivery(connection: MqttConnection, topic: string): boolean {
    if (!wants(connection, topic)) return false
    const shares = [...connection.filters.keys()].filter((filter) => {
      const inner = parseShared(filter)?.filter
      return inner !== undefined && filterMatches(inner, topic)
    })
    return shares.length === 0 ? this.mayReceive(connection, topic) : this.mayReceive(connection, topic, shares[0])
  }

  /** Takes exactly this message out of the queue of a session that may not have it. */
  async unqueue(clientId: string, packet: AedesPublishPacket): Promise<void> {
    const client = { id: clientId }
    try {
      await this.#persistence.outgoingUpdate(client, { ...packet, messageId: NO_IDENTIFIER })
    } catch {
      return // it was never queued
    }
    await this.#persistence.outgoingClearMessageId(client, { messageId: NO_IDENTIFIER })
  }

  /** A last will is checked once more when it is sent; everything else was checked as it came in. */
  maySendWill(connection: MqttConnection, topic: string, retain: boolean): boolean {
    const { authorization, record } = this.#plane()
    for (const action of retain ? (['Publish', 'RetainPublish'] as const) : (['Publish'] as const)) {
      const ruling = authorization.decide(connection.caller, action, topic)
      if (ruling.allowed) continue
      record.denied('LastWill', connection.caller, ruling, { topic })
      return false
    }
    return true
  }

  /** A new broker over the same store. Its connections must be gone. */
  async restart(): Promise<void> {
    await closeAedes(this.#aedes)
    this.#aedes = await launch(() => this, this.#persistence)
  }

  close(): Promise<void> {
    return closeAedes(this.#aedes)
  }

  #deviate(persistence: Persistence): void {
    const { addSubscriptions, subscriptionsByTopic, createRetainedStreamCombi, storeRetained, outgoingClearMessageId } =
      persistence
    // Only what a SUBSCRIBE was granted is stored. aedes would store a refused filter of a packet with several.
    persistence.addSubscriptions = (client, subscriptions) => {
      const granted = this.#plane().connected.get(client.id)?.filters
      return addSubscriptions.call(
        persistence,
        client,
        subscriptions.filter(({ topic }) => granted?.has(topic)),
      )
    }
    // Who gets a QoS 1 message queued: by AWS's matching, and once however many filters match.
    persistence.subscriptionsByTopic = async (topic) => {
      const matching = await subscriptionsByTopic.call(persistence, topic)
      return [
        ...new Map(
          matching.filter((one) => filterMatches(one.topic, topic)).map((one) => [one.clientId, one]),
        ).values(),
      ]
    }
    persistence.storeRetained = (packet) =>
      storeRetained.call(persistence, { ...packet, storedAt: this.#plane().clock.now() })
    // Retained messages come for exact filters only.
    persistence.createRetainedStreamCombi = (filters) =>
      createRetainedStreamCombi.call(persistence, filters.filter(isExact))
    // For every delivery that it does not make, aedes clears "the message without an identifier", which may be any.
    persistence.outgoingClearMessageId = async (client, packet) =>
      packet.messageId === undefined ? undefined : outgoingClearMessageId.call(persistence, client, packet)
  }
}

/** False for a topic that aedes matches by MQTT's rule and AWS does not: `a` for `a/#`. */
function wants({ filters }: MqttConnection, topic: string): boolean {
  if (!filters.has(`${topic}/#`) && ![...filters.keys()].some((one) => one.includes('+') && one.endsWith('/#')))
    return true
  return [...filters.keys()].some((one) => filterMatches(parseShared(one)?.filter ?? one, topic))
}

const persistenceOf = (aedes: Aedes): Persistence => (aedes as unknown as { persistence: Persistence }).persistence

/** Its own limits are out of the way: ours come first. */
function launch(broker: () => Broker, persistence?: Persistence): Promise<Aedes> {
  return Aedes.createBroker({
    ...(persistence && { persistence }),
    maxClientsIdLength: 65_535,
    queueLimit: 65_535,
    preConnect: (_client, _packet, done) => done(null, true),
    authenticate: (_client, _username, _password, done) => done(null, true),
    authorizeSubscribe: (_client, subscription, done) => done(null, subscription),
    authorizePublish: (client, packet, done) => {
      const connection = connectionOf(client)
      if (connection === undefined) return done(new Error('not a connection of this server'))
      if (!client?.closed) return done(null)
      return done(broker().maySendWill(connection, packet.topic, packet.retain) ? null : new Error('not authorized'))
    },
    authorizeForward: (client, packet) => {
      const connection = connectionOf(client)
      // aedes takes a message for a duplicate when a later one overtook it; only the same one again is a duplicate.
      Object.assign(client, { duplicates: {} })
      if (connection === undefined || connection.isRepeated(packet)) return null
      if (broker().admits(connection, packet.topic)) return packet
      void broker().unqueue(client.id, packet)
      return null
    },
  })
}

const connectionOf = (client: Client | null): MqttConnection | undefined =>
  client?.conn instanceof BrokerStream ? (client.conn as BrokerStream<MqttConnection>).owner : undefined

const closeAedes = (aedes: Aedes): Promise<void> => new Promise((resolve) => aedes.close(() => resolve()))
