import type { IDisconnectPacket, Packet } from 'mqtt-packet'
import type { MqttConnection } from './connection.js'
import type { Plane } from './plane.js'
import { judgePublish } from './publish.js'
import { judgeSubscribe, judgeUnsubscribe } from './subscribe.js'
import { drop, end, forward, REASON, type Verdict } from './verdict.js'

/** What becomes of any packet after CONNECT. */
export function judgePacket(plane: Plane, connection: MqttConnection, packet: Packet): Verdict {
  switch (packet.cmd) {
    case 'publish':
      return judgePublish(plane, connection, packet)
    case 'subscribe':
      return judgeSubscribe(plane, connection, packet)
    case 'unsubscribe':
      return judgeUnsubscribe(plane, connection, packet)
    case 'puback':
      connection.outbound.acknowledged(packet.messageId)
      // The broker keeps what it sent only for sessions that may be resumed.
      return connection.agreement?.sessionExpirySeconds === 0 ? drop : forward()
    case 'pingreq':
      return forward()
    case 'disconnect':
      return judgeDisconnect(plane, connection, packet)
    default: // a second CONNECT [MQTT-3.1.0-2], QoS 2's packets, AUTH, and what only servers send
      plane.record.refused(packet.cmd, connection.caller, `a client cannot send ${packet.cmd.toUpperCase()} here`)
      return end('CLIENT_ERROR', REASON.protocolError)
  }
}

function judgeDisconnect(plane: Plane, connection: MqttConnection, packet: IDisconnectPacket): Verdict {
  const asked = connection.version === 5 ? packet.properties?.sessionExpiryInterval : undefined
  if (asked === undefined) {
    connection.clientLeaves()
    return forward()
  }
  // [MQTT-3.14.2-2]: a session that was to end with its connection cannot be made to last now.
  if (asked > 0 && connection.agreement?.sessionExpirySeconds === 0) return end('CLIENT_ERROR', REASON.protocolError)
  connection.clientLeaves()
  plane.sessions.setExpiry(connection, asked)
  if (asked === 0) return forward()
  const { sessionExpiryInterval: _, ...properties } = packet.properties ?? {}
  return forward({ ...packet, properties })
}
