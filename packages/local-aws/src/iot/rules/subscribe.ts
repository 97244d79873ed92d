import { isExact, parseShared } from '../access/topic.js'
import type { Client } from '../broker/client.js'
import type { MqttSession } from '../broker/mqtt-session.js'
import type { FilterRequest, ServerPacket, SubscribePacket } from '../mqtt/packet.js'
import { reasonCodes, returnCodes } from '../mqtt/reason-codes.js'
import type { DataPlane } from './context.js'
import { judgeFilter } from './filter.js'
import { done, end, type Verdict } from './verdict.js'

/** By filter: the granted QoS, or a reason code from 0x80. */
type Codes = Map<string, number>

/** A SUBSCRIBE from a client. Every filter is judged separately, and only granted ones are stored. */
export function judgeSubscribe(plane: DataPlane, client: Client, packet: SubscribePacket): Verdict {
  const { recorder, switches } = plane
  const { requester, version, session } = client
  const refusal = faultOf(plane, packet)
  if (refusal !== undefined) {
    recorder.refused('Subscribe', requester, refusal.detail, {
      topics: packet.filters.map(({ filter }) => filter).join(' '),
    })
    return refusal.verdict
  }
  // For a repeated filter, the last occurrence counts.
  const requests = [...new Map(packet.filters.map((request) => [request.filter, request])).values()]
  const codes: Codes = new Map()
  for (const request of requests) {
    const code = judgeFilter(plane, client, request)
    if (typeof code !== 'number') return code
    codes.set(request.filter, code)
  }
  const overQuota = applyQuota(plane, client, codes)
  const suback: ServerPacket = {
    type: 'suback',
    packetId: packet.packetId,
    reasonCodes: packet.filters.map(({ filter }) => wireCode(codes.get(filter) ?? reasonCodes.unspecified, version)),
  }
  if (overQuota && switches.subscriptionQuotaExceeded === 'suback-and-close') {
    return end('CLIENT_ERROR', reasonCodes.quotaExceeded, suback)
  }
  const refused = [...codes.values()].some((code) => !isGranted(code))
  if (refused && version === 5 && switches.v5SubscribeDenied === 'suback-0x87-and-disconnect') {
    return end('AUTH_ERROR', reasonCodes.notAuthorized, suback)
  }
  if (session === undefined) return done
  const granted = requests.filter(({ filter }) => isGranted(codes.get(filter)))
  const wanted = granted.filter((request) => wantsRetained(request, session))
  store(plane, client, session, granted)
  client.send(suback)
  for (const { filter, qos } of wanted) {
    const message = plane.retained.get(filter)
    if (message !== undefined) session.deliver(message, { qos: qos > 0 && message.qos === 1 ? 1 : 0, retain: true })
  }
  return done
}

function faultOf({ limits, switches }: DataPlane, packet: SubscribePacket) {
  const { filters, properties } = packet
  const { protocolError, subscriptionIdsNotSupported, quotaExceeded } = reasonCodes
  const closing = (detail: string, code: number) => ({ detail, verdict: end('CLIENT_ERROR', code) })
  if (filters.length === 0) return closing('a SUBSCRIBE must contain at least one filter [MQTT-3.8.3-2]', protocolError)
  if (properties.subscriptionIdentifier !== undefined) {
    return closing('subscription identifiers are not supported', subscriptionIdsNotSupported)
  }
  const { filtersPerSubscribe } = limits
  if (filters.length > filtersPerSubscribe) {
    return closing(`${filters.length} filters in one SUBSCRIBE; the limit is ${filtersPerSubscribe}`, quotaExceeded)
  }
  if (switches.qos2Subscribe === 'no-suback' && filters.some(({ qos }) => qos === 2)) {
    return { detail: 'QoS 2 is not supported: no SUBACK is sent', verdict: done }
  }
  return undefined
}

/** Removes subscriptions over the limit of one connection. */
function applyQuota({ limits, recorder }: DataPlane, { session, requester }: Client, codes: Codes): boolean {
  const { subscriptionsPerConnection } = limits
  let room = subscriptionsPerConnection - (session?.subscriptions.size ?? 0)
  let exceeded = false
  for (const [filter, code] of codes) {
    if (!isGranted(code) || session?.subscriptions.has(filter)) continue
    room -= 1
    if (room >= 0) continue
    codes.set(filter, reasonCodes.quotaExceeded)
    exceeded = true
    const detail = `more than ${subscriptionsPerConnection} subscriptions on one connection`
    recorder.refused('Subscribe', requester, detail, { topic: filter })
  }
  return exceeded
}

function store(plane: DataPlane, client: Client, session: MqttSession, granted: readonly FilterRequest[]): void {
  if (granted.length === 0) return
  for (const { filter, qos, noLocal, retainAsPublished } of granted)
    plane.sessions.subscribe(session, filter, { qos: qos > 0 ? 1 : 0, noLocal, retainAsPublished })
  const filters = granted.map(({ filter }) => filter)
  plane.recorder.ok('Subscribe', client.requester, { topics: filters.join(' ') })
  plane.lifecycle.subscribed(client, filters)
}

/** Retained messages are sent for exact filters only, according to Retain Handling (§3.8.3.1). */
function wantsRetained({ filter, retainHandling }: FilterRequest, { subscriptions }: MqttSession): boolean {
  if (!isExact(filter) || parseShared(filter) !== undefined || retainHandling === 2) return false
  return retainHandling === 0 || !subscriptions.has(filter)
}

function isGranted(code: number | undefined): boolean {
  return code !== undefined && code < reasonCodes.unspecified
}

/** MQTT 3.1.1 has only one refusal code (§3.9.3). */
function wireCode(code: number, version: 4 | 5): number {
  return version === 4 && !isGranted(code) ? returnCodes.subscribeFailed : code
}
