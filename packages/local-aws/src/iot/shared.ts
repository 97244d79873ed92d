import type { AedesPublishPacket } from 'aedes'
import { mayReceive } from './delivery-rights.js'
import type { Plane } from './plane.js'
import { filterMatches, parseShared } from './topic.js'

interface Group {
  readonly filter: string
  /** Client ID to granted QoS; of sessions too whose client is away. */
  readonly members: Map<string, number>
  /** Numbers the group's deliveries: the broker takes two with one number for duplicates. */
  count: number
  readonly listener: (packet: AedesPublishPacket, done: () => void) => void
}

/**
 * Shared subscriptions, which the broker does not have: each message goes to one member, chosen at random among those that
 * are connected and may receive it; a QoS 1 message waits for a persistent member when nobody is connected.
 * https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html (Shared Subscriptions)
 */
export class SharedSubscriptions {
  readonly #plane: () => Plane
  readonly #groups = new Map<string, Group>()

  constructor(plane: () => Plane) {
    this.#plane = plane
  }

  join(clientId: string, subscription: string, qos: number): void {
    const filter = parseShared(subscription)?.filter
    if (filter === undefined) throw new TypeError(`${subscription} is not a shared subscription.`)
    let group = this.#groups.get(subscription)
    if (group === undefined) {
      const created: Group = {
        filter,
        members: new Map(),
        count: 0,
        listener: (packet, done) => {
          this.#hand(subscription, created, packet)
          done()
        },
      }
      group = created
      this.#groups.set(subscription, group)
      this.#plane().broker.listen(filter, group.listener)
    }
    group.members.set(clientId, qos)
  }

  leave(clientId: string, subscription: string): void {
    const group = this.#groups.get(subscription)
    if (!group?.members.delete(clientId) || group.members.size > 0) return
    this.#groups.delete(subscription)
    this.#plane().broker.unlisten(group.filter, group.listener)
  }

  leaveAll(clientId: string): void {
    for (const subscription of [...this.#groups.keys()]) this.leave(clientId, subscription)
  }

  /** What a client is subscribed to here, with its granted QoS. */
  membershipsOf(clientId: string): Map<string, number> {
    const held = new Map<string, number>()
    for (const [subscription, { members }] of this.#groups) {
      const qos = members.get(clientId)
      if (qos !== undefined) held.set(subscription, qos)
    }
    return held
  }

  /** After the broker was restarted. */
  listenAgain(): void {
    for (const { filter, listener } of this.#groups.values()) this.#plane().broker.listen(filter, listener)
  }

  #hand(subscription: string, group: Group, { topic, payload, qos, properties }: AedesPublishPacket): void {
    if (!filterMatches(group.filter, topic)) return
    const { broker, connected } = this.#plane()
    group.count += 1
    const message = (granted: number) => ({
      cmd: 'publish' as const,
      topic,
      payload,
      qos: Math.min(qos, granted) as 0 | 1,
      retain: false,
      dup: false,
      ...(properties === undefined ? {} : { properties }),
      brokerId: subscription,
      brokerCounter: group.count,
    })
    const members = shuffle([...group.members])
    for (const [clientId, granted] of members) {
      const connection = connected.get(clientId)
      if (!connection?.established) continue
      if (!mayReceive(this.#plane(), connection, topic, subscription)) continue
      broker.deliver(clientId, message(granted))
      return
    }
    if (members.some(([clientId]) => connected.get(clientId)?.established)) return
    const [away] = members.filter(([, granted]) => Math.min(qos, granted) > 0)
    if (away !== undefined) broker.store.enqueue(away[0], message(away[1]))
  }
}

function shuffle<Item>(items: Item[]): Item[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[items[last], items[other]] = [items[other] as Item, items[last] as Item]
  }
  return items
}
