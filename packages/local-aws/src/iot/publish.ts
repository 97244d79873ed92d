import type { IPublishPacket } from 'mqtt-packet'
import type { MqttConnection } from './connection.js'
import type { Plane } from './plane.js'
import { reservedFault, topicFault } from './topic.js'
import { answer, drop, end, forward, REASON, type Verdict } from './verdict.js'

/** A PUBLISH from a client: its form, AWS's limits, then iot:Publish and, with RETAIN, iot:RetainPublish. */
export function judgePublish(plane: Plane, connection: MqttConnection, packet: IPublishPacket): Verdict {
  const { limits, switches, record, authorization, clock } = plane
  const { caller, version } = connection
  const { qos, retain, properties = {} } = packet
  const fields = (topic: string) => ({ topic, qos, retain })

  const aliased = properties.topicAlias !== undefined
  const topic = aliased
    ? connection.aliases.resolve(properties.topicAlias as number, packet.topic, limits.topicAliasMaximum)
    : packet.topic
  if (topic === undefined) {
    record.refused(
      'Publish',
      caller,
      `topic alias ${properties.topicAlias} is unknown or above ${limits.topicAliasMaximum}`,
    )
    return end('CLIENT_ERROR', REASON.topicAliasInvalid)
  }
  const refuse = (detail: string, code: number, closes: boolean): Verdict => {
    record.refused('Publish', caller, detail, fields(topic))
    if (version === 5 && qos === 1 && !closes) return answer(puback(packet, code))
    return end('CLIENT_ERROR', code)
  }
  if (qos === 2) {
    record.refused('Publish', caller, 'QoS 2 is not supported: no answer is sent', fields(topic))
    return version === 5 ? end('CLIENT_ERROR', REASON.qosNotSupported) : drop
  }
  if (packet.dup && qos === 0) return refuse('DUP is set on QoS 0 [MQTT-3.3.1-2]', REASON.malformed, true)
  if (properties.responseTopic !== undefined && /[+#]/.test(properties.responseTopic))
    return refuse('the response topic contains a wildcard [MQTT-3.3.2-14]', REASON.protocolError, true)
  if (properties.subscriptionIdentifier !== undefined)
    return refuse('a client sends no subscription identifier in PUBLISH [MQTT-3.3.4-6]', REASON.protocolError, true)
  const fault = topicFault(topic, limits)
  if (fault !== undefined) return refuse(`topic '${topic}': ${fault}`, REASON.topicNameInvalid, false)
  if (packet.payload.length > limits.payloadBytes)
    return refuse(
      `the payload has ${packet.payload.length} bytes and ${limits.payloadBytes} are allowed`,
      switches.oversizedV5 === 'disconnect-0x95' ? REASON.packetTooLarge : REASON.quotaExceeded,
      true,
    )
  if (!connection.publishes.take(clock.now())) {
    record.refused(
      'Publish',
      caller,
      `throttled: ${limits.publishesPerSecond} publishes per second and connection`,
      fields(topic),
    )
    return version === 5 && qos === 1 && switches.publishQuotaExceeded === 'puback-0x97'
      ? answer(puback(packet, REASON.quotaExceeded))
      : drop
  }
  const reserved = reservedFault(topic, 'publish', retain)
  if (reserved !== undefined) {
    record.refused('Publish', caller, reserved, fields(topic))
    return switches.reservedTopic === 'disconnect'
      ? end('CLIENT_ERROR', REASON.topicNameInvalid)
      : denial(plane, connection, packet)
  }

  const ruling = authorization.decide(caller, 'Publish', topic)
  if (!ruling.allowed) {
    record.denied('Publish', caller, ruling, fields(topic))
    return denial(plane, connection, packet)
  }
  let retained = retain
  if (retain) {
    const retainRuling = authorization.decide(caller, 'RetainPublish', topic)
    if (!retainRuling.allowed) {
      record.denied('Publish', caller, retainRuling, fields(topic))
      if (switches.retainDenied === 'as-publish') return denial(plane, connection, packet)
      retained = false
    }
  }
  record.ok('Publish', caller, fields(topic))
  return aliased || packet.dup || retained !== retain ? forward(rewritten(packet, topic, retained)) : forward()
}

/** The answer to a PUBLISH that is not authorized, by protocol version and QoS. */
function denial({ switches }: Plane, { version }: MqttConnection, packet: IPublishPacket): Verdict {
  if (version !== 5) return switches.v3PublishDenied === 'drop' ? drop : end('AUTH_ERROR')
  if (packet.qos === 0) return switches.v5PublishQos0Denied === 'drop' ? drop : end('AUTH_ERROR', REASON.notAuthorized)
  const refusal = puback(packet, REASON.notAuthorized)
  return switches.v5PublishQos1Denied === 'puback-0x87'
    ? answer(refusal)
    : end('AUTH_ERROR', REASON.notAuthorized, refusal)
}

const puback = ({ messageId }: IPublishPacket, reasonCode: number) =>
  ({ cmd: 'puback', ...(messageId === undefined ? {} : { messageId }), reasonCode }) as const

/**
 * The same message with its topic written out, since an alias that came with a refused message would be known here and not
 * in the broker; and without DUP, which is never passed on [MQTT-3.3.1-3].
 */
function rewritten(packet: IPublishPacket, topic: string, retain: boolean): IPublishPacket {
  const { topicAlias: _, ...properties } = packet.properties ?? {}
  return { ...packet, topic, retain, dup: false, properties }
}
