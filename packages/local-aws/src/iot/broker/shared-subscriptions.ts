import { parseShared } from '../access/topic.js'
import type { Message } from './message.js'
import type { MqttSession } from './mqtt-session.js'
import type { Listener, Router } from './router.js'

interface Group {
  readonly filter: string
  /** With granted QoS; including sessions whose client is not connected. */
  readonly members: Map<MqttSession, 0 | 1>
  readonly listener: Listener
}

/**
 * Shared subscriptions: each message is sent to one member, chosen at random among those that are connected and may receive it; if none is
 * connected, a QoS 1 message waits for a persistent member.
 * https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html (Shared Subscriptions)
 */
export class SharedSubscriptions {
  readonly #router: Router
  readonly #groups = new Map<string, Group>()

  constructor(router: Router) {
    this.#router = router
  }

  /** @param subscription `$share/<group>/<filter>` */
  join(member: MqttSession, subscription: string, qos: 0 | 1): void {
    const group = this.#groups.get(subscription) ?? this.#open(subscription)
    group.members.set(member, qos)
  }

  leave(member: MqttSession, subscription: string): void {
    const group = this.#groups.get(subscription)
    if (!group?.members.delete(member) || group.members.size > 0) return
    this.#groups.delete(subscription)
    this.#router.unlisten(group.filter, group.listener)
  }

  #open(subscription: string): Group {
    const filter = parseShared(subscription)?.filter
    if (filter === undefined) throw new TypeError(`${subscription} is not a shared subscription`)
    const members = new Map<MqttSession, 0 | 1>()
    const group: Group = { filter, members, listener: (message) => hand(message, subscription, members) }
    this.#groups.set(subscription, group)
    this.#router.listen(filter, group.listener)
    return group
  }
}

function hand(message: Message, share: string, group: ReadonlyMap<MqttSession, 0 | 1>): void {
  const members = shuffled([...group])
  const isConnected = members.some(([session]) => session.isConnected)
  const receiver = isConnected
    ? members.find(([session]) => session.canReceive(message.topic, share))
    : members.find(([, granted]) => granted === 1 && message.qos === 1)
  if (receiver === undefined) return
  const [session, granted] = receiver
  session.deliver(message, { qos: granted === 1 && message.qos === 1 ? 1 : 0, retain: false, share })
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item)
}
