import { Readable } from 'node:stream'
import type { Aedes, AedesPublishPacket, Subscription } from 'aedes'
import { connectionOf } from './connection.js'
import type { Plane } from './plane.js'
import { filterMatches, isExact } from './topic.js'

interface ClientName {
  readonly id: string
  readonly conn?: unknown
  _nextId?: number
}

/** A retained message, with the time it came (milliseconds since the epoch). */
export type RetainedMessage = AedesPublishPacket & { readonly storedAt: number }

/** What we use of aedes-persistence, which has no types for this. */
export interface Persistence {
  addSubscriptions(client: ClientName, subscriptions: Subscription[]): Promise<void>
  subscriptionsByClient(client: ClientName): Promise<Subscription[]>
  subscriptionsByTopic(topic: string): Promise<(Subscription & { clientId: string })[]>
  cleanSubscriptions(client: ClientName): Promise<void>
  createRetainedStream(filter: string): Readable
  createRetainedStreamCombi(filters: string[]): Readable
  storeRetained(packet: object): Promise<void>
  outgoingEnqueue(subscription: { clientId: string }, packet: object): Promise<void>
  outgoingUpdate(client: ClientName, packet: object): Promise<void>
  outgoingClearMessageId(client: ClientName, packet: Partial<AedesPublishPacket>): Promise<unknown>
  outgoingStream(client: ClientName): Readable
  delWill(client: ClientName): Promise<unknown>
}

/** Never a packet identifier on the wire [MQTT-2.2.1-3], so it can mark an entry of a queue. */
const NO_IDENTIFIER = 0

/** Subscriptions, queues and retained messages: aedes' store, corrected where AWS differs or where it leaks. */
export class Store {
  readonly persistence: Persistence

  constructor(aedes: Aedes, plane: () => Plane) {
    this.persistence = (aedes as unknown as { persistence: Persistence }).persistence
    correct(this.persistence, plane)
  }

  enqueue(clientId: string, packet: object): void {
    void this.persistence.outgoingEnqueue({ clientId }, packet)
  }

  async subscriptionsOf(clientId: string): Promise<Map<string, number>> {
    const stored = await this.persistence.subscriptionsByClient({ id: clientId })
    return new Map(stored.map(({ topic, qos }) => [topic, qos]))
  }

  /** Takes exactly this message out of a session's queue, sent or not. */
  async unqueue(clientId: string, packet: AedesPublishPacket): Promise<void> {
    const client = { id: clientId }
    try {
      await this.persistence.outgoingUpdate(client, { ...packet, messageId: NO_IDENTIFIER })
    } catch {
      return // it was never queued
    }
    await this.persistence.outgoingClearMessageId(client, { messageId: NO_IDENTIFIER })
  }

  /** Removes all that is kept for a client ID. */
  async wipe(clientId: string): Promise<void> {
    const client = { id: clientId }
    await this.persistence.cleanSubscriptions(client)
    await this.persistence.delWill(client)
    for await (const packet of this.persistence.outgoingStream(client))
      await this.unqueue(clientId, packet as AedesPublishPacket)
  }

  dropWill(clientId: string): void {
    void this.persistence.delWill({ id: clientId })
  }

  /** The retained message of this topic, or all of them. */
  async retained(topic = '#'): Promise<RetainedMessage[]> {
    return (await this.persistence.createRetainedStream(topic).toArray()) as RetainedMessage[]
  }
}

function correct(store: Persistence, plane: () => Plane): void {
  const { addSubscriptions, subscriptionsByTopic, createRetainedStreamCombi, storeRetained } = store
  const { outgoingClearMessageId, outgoingStream } = store
  // Only what a SUBSCRIBE was granted is stored. aedes would store a refused filter of a packet with several.
  store.addSubscriptions = (client, subscriptions) => {
    const granted = plane().connected.get(client.id)?.filters
    const kept = subscriptions.filter(({ topic }) => granted?.has(topic))
    return addSubscriptions.call(store, client, kept)
  }
  // Who gets a QoS 1 message queued: by AWS's matching, and once however many filters match.
  store.subscriptionsByTopic = async (topic) => {
    const matching = await subscriptionsByTopic.call(store, topic)
    if (matching.length === 0) return matching
    const clients = matching.filter((one) => filterMatches(one.topic, topic)).map((one) => [one.clientId, one] as const)
    return [...new Map(clients).values()]
  }
  store.storeRetained = (packet) => storeRetained.call(store, { ...packet, storedAt: plane().clock.now() })
  // Retained messages come for exact filters only.
  store.createRetainedStreamCombi = (filters) => createRetainedStreamCombi.call(store, filters.filter(isExact))
  // For every delivery that it does not make, aedes clears "the message without an identifier", which may be any.
  store.outgoingClearMessageId = async (client, packet) =>
    packet.messageId === undefined ? undefined : outgoingClearMessageId.call(store, client, packet)
  // At CONNECT the queue is given out in step with what is sent; elsewhere it is a copy.
  store.outgoingStream = (client) => {
    const connection = connectionOf(client)
    const queue = () => outgoingStream.call(store, { id: client.id })
    if (connection === undefined || connection.ended !== undefined) return queue()
    return Readable.from(connection.handover.run(() => queue().toArray() as Promise<AedesPublishPacket[]>, client))
  }
}
