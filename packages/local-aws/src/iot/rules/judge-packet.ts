import type { Client } from '../broker/client.js'
import type { ClientPacket, DisconnectPacket } from '../mqtt/packet.js'
import { reasonCodes } from '../mqtt/reason-codes.js'
import { judgeConnect } from './connect.js'
import type { DataPlane } from './context.js'
import { judgePublish } from './publish.js'
import { judgeSubscribe } from './subscribe.js'
import { judgeUnsubscribe } from './unsubscribe.js'
import { answer, done, end, type Verdict } from './verdict.js'

/** The verdict on a packet: the first must be CONNECT [MQTT-3.1.0-1], and all others must not be. */
export function judgePacket(plane: DataPlane, client: Client, packet: ClientPacket): Verdict {
  if (client.agreement === undefined) {
    return packet.type === 'connect' ? judgeConnect(plane, client, packet) : end('CLIENT_ERROR')
  }
  switch (packet.type) {
    case 'publish':
      return judgePublish(plane, client, packet)
    case 'subscribe':
      return judgeSubscribe(plane, client, packet)
    case 'unsubscribe':
      return judgeUnsubscribe(plane, client, packet)
    case 'puback':
      client.session?.acknowledge(packet.packetId)
      return done
    case 'pingreq':
      return answer({ type: 'pingresp' })
    case 'disconnect':
      return judgeDisconnect(plane, client, packet)
    default: // a second CONNECT [MQTT-3.1.0-2], QoS 2's packets, AUTH, and what only servers send
      plane.recorder.refused(packet.type, client.requester, `a client must not send ${packet.type.toUpperCase()} here`)
      return end('CLIENT_ERROR', reasonCodes.protocolError)
  }
}

function judgeDisconnect({ sessions, limits }: DataPlane, client: Client, packet: DisconnectPacket): Verdict {
  const asked = packet.properties.sessionExpiryInterval
  // [MQTT-3.14.2-2]: the expiry of a session that ends with its connection cannot be extended now.
  if (asked !== undefined && asked > 0 && client.agreement?.sessionExpirySeconds === 0) {
    return end('CLIENT_ERROR', reasonCodes.protocolError)
  }
  if (asked !== undefined) sessions.setExpiry(client, Math.min(asked, limits.sessionExpirySeconds))
  if (packet.reasonCode !== reasonCodes.disconnectWithWill) sessions.forgetWill(client)
  return end('CLIENT_INITIATED_DISCONNECT')
}
