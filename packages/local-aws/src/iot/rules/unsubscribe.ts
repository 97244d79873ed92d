import { filterFault } from '../access/topic.js'
import type { Client } from '../broker/client.js'
import type { UnsubscribePacket } from '../mqtt/packet.js'
import { reasonCodes } from '../mqtt/reason-codes.js'
import type { DataPlane } from './context.js'
import { answer, end, type Verdict } from './verdict.js'

/** An UNSUBSCRIBE from a client. It needs no permission. */
export function judgeUnsubscribe(plane: DataPlane, client: Client, packet: UnsubscribePacket): Verdict {
  const { recorder, limits, sessions, lifecycle } = plane
  const { requester, version, session } = client
  const { packetId, filters } = packet
  const invalid = filters.filter((filter) => filterFault(filter, limits) !== undefined)
  const none = filters.length === 0 ? 'it contains no filter [MQTT-3.10.3-2]' : undefined
  if (none !== undefined || (invalid.length > 0 && version !== 5)) {
    recorder.refused('Unsubscribe', requester, none ?? `invalid topic filter: ${invalid.join(' ')}`)
    return end('CLIENT_ERROR', reasonCodes.protocolError)
  }
  const { success, noSubscriptionExisted, topicFilterInvalid } = reasonCodes
  const left: string[] = []
  const codes = filters.map((filter) => {
    if (invalid.includes(filter)) return topicFilterInvalid
    if (session === undefined || !sessions.unsubscribe(session, filter)) return noSubscriptionExisted
    left.push(filter)
    return success
  })
  if (left.length > 0) {
    recorder.ok('Unsubscribe', requester, { topics: left.join(' ') })
    lifecycle.unsubscribed(client, left)
  }
  return answer({ type: 'unsuback', packetId, reasonCodes: codes })
}
