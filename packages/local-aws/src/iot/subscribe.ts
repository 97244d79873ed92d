import type { ISubscribePacket, ISubscription, IUnsubscribePacket } from 'mqtt-packet'
import type { MqttConnection } from './connection.js'
import type { Plane } from './plane.js'
import { filterFault, parseShared, reservedFault } from './topic.js'
import { answer, drop, end, forward, REASON, type Verdict } from './verdict.js'

/** Reason code for one filter: a granted QoS, or a refusal (MQTT 3.1.1 knows only 0x80). */
type Code = number
const FAILURE = 0x80

/**
 * A SUBSCRIBE from a client. Every filter is judged alone; only the granted ones go on to the broker, so a refused one
 * can be stored nowhere. Shared subscriptions are kept here, since the broker has none.
 */
export function judgeSubscribe(plane: Plane, connection: MqttConnection, packet: ISubscribePacket): Verdict {
  const { limits, switches, record } = plane
  const { caller, version } = connection
  const subscriptions = [...new Map(packet.subscriptions.map((one) => [one.topic, one])).values()]
  const refuse = (detail: string, code: number): Verdict => {
    record.refused('Subscribe', caller, detail, { topics: filters(packet) })
    return end('CLIENT_ERROR', code)
  }
  if (subscriptions.length === 0)
    return refuse('a SUBSCRIBE names at least one filter [MQTT-3.8.3-2]', REASON.protocolError)
  if (packet.properties?.subscriptionIdentifier !== undefined)
    return refuse('subscription identifiers are not supported', REASON.subscriptionIdsNotSupported)
  if (packet.subscriptions.length > limits.filtersPerSubscribe)
    return refuse(
      `${packet.subscriptions.length} filters in one SUBSCRIBE and ${limits.filtersPerSubscribe} are allowed`,
      REASON.quotaExceeded,
    )
  if (switches.qos2Subscribe === 'no-suback' && subscriptions.some(({ qos }) => qos === 2)) {
    record.refused('Subscribe', caller, 'QoS 2 is not supported: no SUBACK is sent', { topics: filters(packet) })
    return drop
  }

  const codes = new Map<string, Code>()
  for (const subscription of subscriptions) {
    const ruling = judgeFilter(plane, connection, subscription)
    if (typeof ruling !== 'number') return ruling
    codes.set(subscription.topic, ruling)
  }
  const overQuota = applyQuota(plane, connection, codes)
  const refused = [...codes.values()].some((code) => code >= FAILURE)
  const granted = subscriptions.filter(({ topic }) => (codes.get(topic) ?? FAILURE) < FAILURE)
  const suback = () => ({
    cmd: 'suback' as const,
    ...(packet.messageId === undefined ? {} : { messageId: packet.messageId }),
    granted: packet.subscriptions.map(({ topic }) => wireCode(codes.get(topic) ?? FAILURE, version)),
  })
  if (overQuota && switches.subscriptionQuotaExceeded === 'suback-and-close')
    return end('CLIENT_ERROR', REASON.quotaExceeded, suback())
  if (refused && version === 5 && switches.v5SubscribeDenied === 'suback-0x87-and-disconnect')
    return end('AUTH_ERROR', REASON.notAuthorized, suback())

  const ordinary: ISubscription[] = []
  for (const subscription of granted) {
    const qos = Math.min(subscription.qos, 1) as 0 | 1
    const shared = parseShared(subscription.topic)
    if (shared === undefined) ordinary.push({ ...subscription, qos })
    else plane.shared.join(connection.clientId, subscription.topic, qos)
    connection.filters.set(subscription.topic, qos)
  }
  if (granted.length > 0) {
    const topics = granted.map(({ topic }) => topic)
    record.ok('Subscribe', caller, { topics: topics.join(' ') })
    plane.lifecycle.subscribed(connection, topics)
  }
  if (ordinary.length === 0) return answer(suback())
  connection.outbound.expectAck(packet.messageId, suback)
  return forward({ ...packet, subscriptions: ordinary })
}

/** The code for one filter, or the verdict on the whole connection. */
function judgeFilter(plane: Plane, connection: MqttConnection, { topic, qos, nl }: ISubscription): Code | Verdict {
  const { limits, switches, record, authorization } = plane
  const { caller, version } = connection
  const fault = filterFault(topic, limits)
  if (fault !== undefined) {
    record.refused('Subscribe', caller, `topic filter '${topic}': ${fault}`, { topic })
    return version === 5 ? REASON.topicFilterInvalid : end('CLIENT_ERROR')
  }
  if (nl && topic.startsWith('$share/')) {
    record.refused('Subscribe', caller, 'No Local is not allowed on a shared subscription [MQTT-3.8.3-4]', { topic })
    return end('CLIENT_ERROR', REASON.protocolError)
  }
  const reserved = reservedFault(topic, 'subscribe')
  if (reserved !== undefined) {
    record.refused('Subscribe', caller, reserved, { topic })
    if (switches.reservedTopic === 'disconnect') return end('CLIENT_ERROR', REASON.topicFilterInvalid)
    return version === 5 || switches.v3SubscribeDenied === 'suback-0x80' ? REASON.notAuthorized : end('AUTH_ERROR')
  }
  const ruling = authorization.decide(caller, 'Subscribe', topic)
  if (ruling.allowed) return Math.min(qos, 1)
  record.denied('Subscribe', caller, ruling, { topic, qos })
  return version === 5 || switches.v3SubscribeDenied === 'suback-0x80' ? REASON.notAuthorized : end('AUTH_ERROR')
}

/** Takes back what exceeds the subscriptions of one connection. */
function applyQuota(plane: Plane, connection: MqttConnection, codes: Map<string, Code>): boolean {
  const { subscriptionsPerConnection } = plane.limits
  let room = subscriptionsPerConnection - connection.filters.size
  let exceeded = false
  for (const [topic, code] of codes) {
    if (code >= FAILURE || connection.filters.has(topic)) continue
    if (room > 0) room -= 1
    else {
      codes.set(topic, REASON.quotaExceeded)
      exceeded = true
      const detail = `more than ${subscriptionsPerConnection} subscriptions on one connection`
      plane.record.refused('Subscribe', connection.caller, detail, { topic })
    }
  }
  return exceeded
}

/** An UNSUBSCRIBE from a client. It needs no permission. */
export function judgeUnsubscribe(plane: Plane, connection: MqttConnection, packet: IUnsubscribePacket): Verdict {
  const { caller, version, filters: held } = connection
  const asked = packet.unsubscriptions
  const fault = asked.length === 0 ? 'it names no filter [MQTT-3.10.3-2]' : undefined
  const invalid = new Set(asked.filter((filter) => filterFault(filter, plane.limits) !== undefined))
  if (fault !== undefined || (invalid.size > 0 && version !== 5)) {
    plane.record.refused('Unsubscribe', caller, fault ?? `invalid topic filter: ${[...invalid].join(' ')}`)
    return end('CLIENT_ERROR', REASON.protocolError)
  }
  const codes = asked.map((filter) => (invalid.has(filter) ? REASON.topicFilterInvalid : held.has(filter) ? 0 : 0x11))
  const unsuback = () => ({
    cmd: 'unsuback' as const,
    ...(packet.messageId === undefined ? {} : { messageId: packet.messageId }),
    granted: codes,
  })
  const left = [...new Set(asked)].filter((filter) => held.delete(filter))
  for (const filter of left) plane.shared.leave(connection.clientId, filter)
  if (left.length > 0) {
    plane.record.ok('Unsubscribe', caller, { topics: left.join(' ') })
    plane.lifecycle.unsubscribed(connection, left)
  }
  const ordinary = left.filter((filter) => parseShared(filter) === undefined)
  if (ordinary.length === 0) return answer(unsuback())
  connection.outbound.expectAck(packet.messageId, unsuback)
  return forward({ ...packet, unsubscriptions: ordinary })
}

const wireCode = (code: Code, version: 4 | 5): number => (code >= FAILURE && version !== 5 ? FAILURE : code)
const filters = ({ subscriptions }: ISubscribePacket): string => subscriptions.map(({ topic }) => topic).join(' ')
