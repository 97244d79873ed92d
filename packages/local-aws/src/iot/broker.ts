import { randomUUID } from 'node:crypto'
import { Aedes, type AedesPublishPacket, type Client } from 'aedes'
import { connectionOf, type MqttConnection } from './connection.js'
import { admits, isQueued, maySendWill } from './delivery-rights.js'
import type { Plane } from './plane.js'
import { keepsRetain, numbered } from './retain-flag.js'
import { type Persistence, Store } from './store.js'

type Deliverer = (packet: AedesPublishPacket, done: () => void) => void

/** A message from the server's side. */
export interface Message {
  readonly topic: string
  readonly payload: Buffer
  readonly qos?: 0 | 1
  readonly retain?: boolean
  readonly properties?: NonNullable<AedesPublishPacket['properties']>
}

/** What we use of aedes and has no types. */
interface Internals {
  clients: Record<string, Client>
}

/** aedes, which routes, queues and retains messages. */
export class Broker {
  readonly store: Store
  readonly #plane: () => Plane
  #aedes: Aedes

  private constructor(plane: () => Plane, aedes: Aedes, store: Store) {
    this.#plane = plane
    this.#aedes = aedes
    this.store = store
  }

  static async start(plane: () => Plane): Promise<Broker> {
    const aedes = await launch(plane)
    return new Broker(plane, aedes, new Store(aedes, plane))
  }

  attach({ stream }: MqttConnection): void {
    const client = this.#aedes.handle(stream)
    Object.assign(client, { subscriptions: Object.create(null) })
  }

  /** Publishes for a service or an HTTP caller. */
  publish({ topic, payload, qos = 0, retain = false, properties }: Message): void {
    const rest = { payload, qos, retain, dup: false, ...(properties && { properties }) }
    this.#aedes.publish({ cmd: 'publish', topic, ...rest }, () => undefined)
  }

  listen(filter: string, deliverer: Deliverer): void {
    this.#aedes.subscribe(filter, deliverer, () => undefined)
  }

  unlisten(filter: string, deliverer: Deliverer): void {
    this.#aedes.unsubscribe(filter, deliverer, () => undefined)
  }

  /** Sends to one connected client, subscription or not; the check of iot:Receive still happens. */
  deliver(clientId: string, packet: Parameters<Client['publish']>[0]): void {
    const { clients } = this.#aedes as unknown as Internals
    const named = { brokerId: `$direct/${randomUUID()}`, ...packet }
    clients[clientId]?.publish(named, () => undefined)
  }

  /** The last will of this connection will not be sent. */
  forgetWill({ stream, clientId }: MqttConnection): void {
    if (stream.client !== undefined) stream.client.will = null
    this.store.dropWill(clientId)
  }

  /** A new broker over the same store. Its connections must be gone. */
  async restart(): Promise<void> {
    await this.close()
    this.#aedes = await launch(this.#plane, this.store)
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#aedes.close(() => resolve()))
  }
}

async function launch(plane: () => Plane, store?: Store): Promise<Aedes> {
  const aedes = await Aedes.createBroker({
    ...(store && { persistence: store.persistence satisfies Persistence }),
    // Its own limits are out of the way: ours come first.
    maxClientsIdLength: 65_535,
    queueLimit: 65_535,
    // A message that waits for 100 others leaves long after its acknowledgement, and so in a TLS record of its own.
    concurrency: 10_000,
    // A last will is the one thing that is published for a client without having come through its connection.
    authorizePublish: (client, packet, done) => {
      const connection = connectionOf(client)
      if (connection === undefined) return done(new Error('not a connection of this server'))
      const allowed = !client?.closed || maySendWill(plane(), connection, packet.topic, packet.retain)
      return done(allowed ? null : new Error('not authorized'))
    },
    authorizeForward: (client, packet) => {
      const connection = connectionOf(client)
      // aedes takes a message for a duplicate when a later one overtook it; only the same one again is a duplicate.
      ;(client as unknown as { duplicates: object }).duplicates = {}
      if (connection === undefined) return null
      // Only what comes from the queue has an identifier already.
      if (packet.messageId !== undefined) {
        connection.handover.sent()
        packet.retain &&= keepsRetain(client, packet.topic)
      } else if (isElsewhere(connection, packet)) return null
      if (admits(plane(), connection, packet.topic))
        return packet.retain && isLiveAndQueued(connection, packet)
          ? numbered(client, packet, plane().broker.store)
          : packet
      void plane().broker.store.unqueue(client.id, packet)
      return null
    },
  })
  // Names come from outside: `constructor` and `__proto__` are client IDs like others.
  ;(aedes as unknown as Internals).clients = Object.create(null)
  return aedes
}

const isLiveAndQueued = (connection: MqttConnection, packet: AedesPublishPacket): boolean =>
  packet.messageId === undefined && isQueued(connection, packet)

/** Whether this live message is left to the queue, or went out already. */
function isElsewhere(connection: MqttConnection, packet: AedesPublishPacket): boolean {
  if (connection.ended !== undefined) return true
  return (
    (isQueued(connection, packet) && connection.handover.holdsBack(packet)) || connection.outbound.isRepeated(packet)
  )
}
