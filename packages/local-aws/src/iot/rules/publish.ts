import { reservedFault } from '../access/reserved-topics.js'
import { topicFault } from '../access/topic.js'
import type { Client } from '../broker/client.js'
import type { PublishPacket, ServerPacket } from '../mqtt/packet.js'
import { reasonCodes } from '../mqtt/reason-codes.js'
import type { DataPlane } from './context.js'
import { answer, done, end, type Verdict } from './verdict.js'

/** A PUBLISH from a client: its format, AWS's limits, then iot:Publish and, with RETAIN, iot:RetainPublish. */
export function judgePublish(plane: DataPlane, client: Client, packet: PublishPacket): Verdict {
  const { limits, recorder, switches, clock } = plane
  const { requester, version } = client
  const topic = topicOf(plane, client, packet)
  if (topic === undefined) {
    const detail = `topic alias ${packet.properties.topicAlias} is unknown or above ${limits.topicAliasMaximum}`
    recorder.refused('Publish', requester, detail)
    return end('CLIENT_ERROR', reasonCodes.topicAliasInvalid)
  }
  const { qos, retain } = packet
  const fields = { topic, qos, retain }
  const refuse = (detail: string, verdict: Verdict): Verdict => {
    recorder.refused('Publish', requester, detail, fields)
    return verdict
  }
  if (qos === 2) {
    const verdict = version === 5 ? end('CLIENT_ERROR', reasonCodes.qosNotSupported) : done
    return refuse('QoS 2 is not supported: no response is sent', verdict)
  }
  const broken = protocolFault(packet)
  if (broken !== undefined) return refuse(broken, end('CLIENT_ERROR', reasonCodes.protocolError))
  const fault = topicFault(topic, limits)
  if (fault !== undefined) {
    const code = reasonCodes.topicNameInvalid
    const verdict = version === 5 && qos === 1 ? answer(puback(packet, code)) : end('CLIENT_ERROR', code)
    return refuse(`topic '${topic}': ${fault}`, verdict)
  }
  if (packet.payload.length > limits.payloadBytes) {
    const { packetTooLarge, quotaExceeded } = reasonCodes
    const code = switches.oversizedV5 === 'disconnect-0x95' ? packetTooLarge : quotaExceeded
    const detail = `the payload has ${packet.payload.length} bytes; the limit is ${limits.payloadBytes}`
    return refuse(detail, end('CLIENT_ERROR', code))
  }
  if (!client.publishRate.take(clock.now())) {
    const answers = version === 5 && qos === 1 && switches.publishQuotaExceeded === 'puback-0x97'
    const detail = `throttled: ${limits.publishesPerSecond} publishes per second and connection`
    return refuse(detail, answers ? answer(puback(packet, reasonCodes.quotaExceeded)) : done)
  }
  const reserved = reservedFault(topic, 'publish', retain)
  if (reserved !== undefined) {
    const ends = switches.reservedTopic === 'disconnect'
    return refuse(reserved, ends ? end('CLIENT_ERROR', reasonCodes.topicNameInvalid) : denial(plane, client, packet))
  }
  return authorize(plane, client, packet, topic)
}

/** The topic, resolved by its alias if there is one (§3.3.2.3.4); undefined for an invalid alias. */
function topicOf({ limits }: DataPlane, { aliases }: Client, { topic, properties }: PublishPacket): string | undefined {
  const { topicAlias } = properties
  return topicAlias === undefined ? topic : aliases.resolve(topicAlias, topic, limits.topicAliasMaximum)
}

function protocolFault({ properties }: PublishPacket): string | undefined {
  if (properties.subscriptionIdentifier !== undefined) {
    return 'a client must not send a subscription identifier in PUBLISH [MQTT-3.3.4-6]'
  }
  if (properties.responseTopic !== undefined && /[+#]/u.test(properties.responseTopic)) {
    return 'the response topic contains a wildcard [MQTT-3.3.2-14]'
  }
  return undefined
}

function authorize(plane: DataPlane, client: Client, packet: PublishPacket, topic: string): Verdict {
  const { authorization, recorder, switches, router, clock } = plane
  const { requester } = client
  const qos = packet.qos === 0 ? 0 : 1
  const fields = { topic, qos, retain: packet.retain }
  const ruling = authorization.decide(requester, 'Publish', topic)
  if (!ruling.allowed) {
    recorder.denied('Publish', requester, ruling, fields)
    return denial(plane, client, packet)
  }
  let { retain } = packet
  if (retain) {
    const retainRuling = authorization.decide(requester, 'RetainPublish', topic)
    if (!retainRuling.allowed) {
      recorder.denied('Publish', requester, retainRuling, fields)
      if (switches.retainDenied === 'as-publish') return denial(plane, client, packet)
      retain = false
    }
  }
  recorder.ok('Publish', requester, fields)
  const { payload, properties } = packet
  const { topicAlias, ...carried } = properties
  const kept = topicAlias === undefined ? properties : carried
  if (qos === 1) client.send(puback(packet, reasonCodes.success))
  router.publish(
    { topic, payload, qos, retain, properties: kept, from: client.clientId, receivedAt: clock.now() },
    client.session,
  )
  return done
}

/** The response to an unauthorized PUBLISH, by protocol version and QoS. */
function denial({ switches }: DataPlane, { version }: Client, packet: PublishPacket): Verdict {
  const { notAuthorized } = reasonCodes
  if (version !== 5) return switches.v3PublishDenied === 'drop' ? done : end('AUTH_ERROR')
  if (packet.qos === 0) return switches.v5PublishQos0Denied === 'drop' ? done : end('AUTH_ERROR', notAuthorized)
  const refusal = puback(packet, notAuthorized)
  return switches.v5PublishQos1Denied === 'puback-0x87' ? answer(refusal) : end('AUTH_ERROR', notAuthorized, refusal)
}

function puback({ packetId }: PublishPacket, reasonCode: number): ServerPacket {
  return { type: 'puback', packetId, reasonCode }
}
