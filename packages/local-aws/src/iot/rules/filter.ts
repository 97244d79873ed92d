import { reservedFault } from '../access/reserved-topics.js'
import { filterFault } from '../access/topic.js'
import type { Client } from '../broker/client.js'
import type { FilterRequest } from '../mqtt/packet.js'
import { reasonCodes } from '../mqtt/reason-codes.js'
import type { DataPlane } from './context.js'
import { end, type Verdict } from './verdict.js'

/** The result for one filter of a SUBSCRIBE: the granted QoS, a reason code from 0x80, or a verdict on the whole connection. */
export function judgeFilter(plane: DataPlane, client: Client, request: FilterRequest): number | Verdict {
  const { limits, switches, recorder, authorization } = plane
  const { requester, version } = client
  const { filter, qos, noLocal } = request
  const fault = filterFault(filter, limits)
  if (fault !== undefined) {
    recorder.refused('Subscribe', requester, `topic filter '${filter}': ${fault}`, { topic: filter })
    return version === 5 ? reasonCodes.topicFilterInvalid : end('CLIENT_ERROR')
  }
  if (noLocal && filter.startsWith('$share/')) {
    const detail = 'No Local is not allowed on a shared subscription [MQTT-3.8.3-4]'
    recorder.refused('Subscribe', requester, detail, { topic: filter })
    return end('CLIENT_ERROR', reasonCodes.protocolError)
  }
  const reserved = reservedFault(filter, 'subscribe')
  if (reserved !== undefined) {
    recorder.refused('Subscribe', requester, reserved, { topic: filter })
    if (switches.reservedTopic === 'disconnect') return end('CLIENT_ERROR', reasonCodes.topicFilterInvalid)
    return denial(plane, client)
  }
  const ruling = authorization.decide(requester, 'Subscribe', filter)
  if (ruling.allowed) return qos > 0 ? 1 : 0
  recorder.denied('Subscribe', requester, ruling, { topic: filter, qos })
  return denial(plane, client)
}

function denial({ switches }: DataPlane, { version }: Client): number | Verdict {
  return version === 5 || switches.v3SubscribeDenied === 'suback-0x80' ? reasonCodes.notAuthorized : end('AUTH_ERROR')
}
