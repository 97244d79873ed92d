import { randomUUID } from 'node:crypto'
import { effectiveKeepAlive } from '../access/limits.js'
import type { Agreement } from '../broker/client.js'
import type { ConnectPacket } from '../mqtt/packet.js'
import type { DataPlane } from './context.js'

/** The parameters of a CONNECT, limited to what AWS grants. */
export function agree({ limits, switches }: DataPlane, packet: ConnectPacket, version: 4 | 5): Agreement {
  const { clientId, cleanStart, properties } = packet
  const assigned = clientId === '' && (version === 5 || (cleanStart && switches.emptyClientIdV3 === 'assign'))
  const lasting = cleanStart ? 0 : limits.sessionExpirySeconds
  const asked = version === 5 ? (properties.sessionExpiryInterval ?? 0) : lasting
  return {
    clientId: assigned ? `$GEN/${randomUUID()}` : clientId,
    assigned,
    version,
    clean: cleanStart,
    keepAliveSeconds: effectiveKeepAlive(packet.keepAliveSeconds, limits),
    sessionExpirySeconds: Math.min(asked, limits.sessionExpirySeconds),
    receiveMaximum: Math.min(properties.receiveMaximum ?? limits.receiveMaximum, limits.receiveMaximum),
    maximumPacketSize: properties.maximumPacketSize || Number.POSITIVE_INFINITY,
  }
}
