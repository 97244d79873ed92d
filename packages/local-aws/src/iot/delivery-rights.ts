import type { AedesPublishPacket } from 'aedes'
import type { Ruling } from './authorization.js'
import type { MqttConnection } from './connection.js'
import type { Plane } from './plane.js'
import { filterMatches, parseShared } from './topic.js'

/** What aedes asks before each delivery, live, queued or retained: may this client have this message now? */
export function admits(plane: Plane, connection: MqttConnection, topic: string): boolean {
  if (connection.ended !== undefined) return true // it reaches nobody, and what is queued stays queued
  try {
    if (!wants(connection, topic)) return false
    return mayReceive(plane, connection, topic, shareOf(connection, topic))
  } catch (error) {
    plane.record.failed(connection.caller, error as Error)
    return false
  }
}

/** Whether the broker has put a live message into the queue of this client's session before it asks. */
export function isQueued(
  { agreement, filters }: MqttConnection,
  { qos, topic, brokerId }: AedesPublishPacket,
): boolean {
  if (qos === 0 || agreement === undefined || agreement.sessionExpirySeconds === 0) return false
  if (brokerId === undefined || brokerId === null) return false // retained messages
  // What was sent to this client alone (`Broker.deliver`) has a name in place of the broker's.
  if (brokerId.startsWith('$')) return true
  return [...filters].some(([filter, granted]) => granted > 0 && filterMatches(filter, topic))
}

/** iot:Receive, decided anew for every delivery. */
export function mayReceive(plane: Plane, connection: MqttConnection, topic: string, share?: string): boolean {
  const { authorization, record, switches } = plane
  let refused: Ruling | undefined
  for (const name of share === undefined ? [topic] : sharedNames(topic, share, switches.sharedReceiveResource)) {
    const ruling = authorization.decide(connection.caller, 'Receive', name)
    if (ruling.allowed) return true
    refused ??= ruling
  }
  if (refused !== undefined) record.denied('Receive', connection.caller, refused, { topic })
  return false
}

/** What iot:Receive is checked on for a shared subscription: one of them is enough. */
function sharedNames(topic: string, share: string, form: Plane['switches']['sharedReceiveResource']): string[] {
  const inGroup = `$share/${parseShared(share)?.group}/${topic}`
  return form === 'either' ? [topic, inGroup] : [form === 'topic' ? topic : inGroup]
}

/** A last will is checked once more when it is sent; everything else was checked as it came in. */
export function maySendWill(plane: Plane, connection: MqttConnection, topic: string, retain: boolean): boolean {
  const { authorization, record } = plane
  for (const action of retain ? (['Publish', 'RetainPublish'] as const) : (['Publish'] as const)) {
    const ruling = authorization.decide(connection.caller, action, topic)
    if (ruling.allowed) continue
    record.denied('LastWill', connection.caller, ruling, { topic })
    return false
  }
  return true
}

/** False for a topic that aedes matches by MQTT's rule and AWS does not: `a` for `a/#`. */
function wants({ filters }: MqttConnection, topic: string): boolean {
  let doubtful = false
  for (const filter of filters.keys())
    doubtful ||= filter.endsWith('/#') && (filter.includes('+') || filter.length === topic.length + 2)
  return !doubtful || [...filters.keys()].some((one) => filterMatches(parseShared(one)?.filter ?? one, topic))
}

/** A shared subscription of this client that brings this topic. */
function shareOf({ filters }: MqttConnection, topic: string): string | undefined {
  for (const filter of filters.keys()) {
    const shared = filter.startsWith('$share/') ? parseShared(filter) : undefined
    if (shared !== undefined && filterMatches(shared.filter, topic)) return filter
  }
  return undefined
}
