import { randomUUID } from 'node:crypto'
import type { IConnectPacket, Packet } from 'mqtt-packet'
import type { ConditionContext } from '../iam/index.js'
import type { Ruling } from './authorization.js'
import type { MqttConnection } from './connection.js'
import { clientIdFault, effectiveKeepAlive } from './limits.js'
import type { Plane } from './plane.js'
import { reservedFault, topicFault } from './topic.js'
import { drop, end, forward, REASON, type Verdict } from './verdict.js'

/** What a CONNECT settles for as long as the connection lasts. */
export interface Agreement {
  readonly clientId: string
  readonly assigned: boolean
  readonly version: 4 | 5
  readonly clean: boolean
  readonly keepAliveSeconds: number
  readonly sessionExpirySeconds: number
  /** The client's own limits: unacknowledged QoS 1 messages, and bytes of one packet. */
  readonly receiveMaximum: number
  readonly maximumPacketSize: number
}

/** Session Expiry Interval that never ends (§3.1.2.11.2). */
const FOREVER = 0xffff_ffff

/** Gate 2: the CONNECT packet. Client ID, last will, quotas, then iot:Connect, then the session it resumes or begins. */
export async function judgeConnect(plane: Plane, connection: MqttConnection, packet: IConnectPacket): Promise<Verdict> {
  const { limits, switches, record, clock } = plane
  if (packet.protocolVersion !== 4 && packet.protocolVersion !== 5) {
    record.refused('Connect', connection.caller, 'AWS IoT Core speaks MQTT 3.1.1 and MQTT 5; this is MQTT 3.1')
    return end('CLIENT_ERROR', undefined, { cmd: 'connack', returnCode: 1, sessionPresent: false })
  }
  const agreement = agree(plane, packet, packet.protocolVersion)
  connection.agree(agreement)
  const refuse = (detail: string, code: number, v3Code?: number): Verdict => {
    record.refused('Connect', connection.caller, detail, { ...(agreement.version === 5 ? { code } : {}) })
    return end('CLIENT_ERROR', code, connack(agreement.version, code, v3Code))
  }
  if (agreement.clientId === '') return refuse('the client ID is empty', REASON.clientIdNotValid, 2)
  const fault = agreement.assigned ? undefined : clientIdFault(agreement.clientId, limits)
  if (fault !== undefined) return refuse(fault, REASON.clientIdNotValid, 2)

  const { receiveMaximum, authenticationMethod, authenticationData } = packet.properties ?? {}
  if (receiveMaximum === 0) return refuse('Receive Maximum is 0 [MQTT-3.1.2-22]', REASON.protocolError)
  if (authenticationMethod !== undefined || authenticationData !== undefined)
    return refuse('enhanced authentication (AUTH) is not supported', REASON.badAuthenticationMethod)

  if (!plane.sessions.takeConnect(agreement.clientId, clock.now()))
    return refuse(
      `throttled: ${limits.connectsPerSecondPerClientId} CONNECT per second for one client ID, ${limits.connectsPerSecond} for the account`,
      REASON.quotaExceeded,
    )

  const { will } = packet
  if (will !== undefined) {
    const willFault = topicFault(will.topic, limits) ?? reservedFault(will.topic, 'publish', will.retain)
    if (willFault !== undefined) return refuse(`last will topic '${will.topic}': ${willFault}`, REASON.topicNameInvalid)
    if ((will.qos ?? 0) > 1) return refuse('the last will asks for QoS 2', REASON.qosNotSupported)
    if (Buffer.byteLength(will.payload) > limits.payloadBytes)
      return refuse(`the last will has more than ${limits.payloadBytes} bytes`, REASON.quotaExceeded)
  }

  const ruling = decide(plane, connection, packet, agreement)
  if (!ruling.allowed) {
    record.denied('Connect', connection.caller, ruling, { protocol: agreement.version })
    plane.lifecycle.connectFailed(connection)
    const silent = agreement.version === 5 ? switches.v5ConnectDenied === 'close' : switches.v3ConnectDenied === 'close'
    return end(
      'AUTH_ERROR',
      REASON.notAuthorized,
      silent ? undefined : connack(agreement.version, REASON.notAuthorized, 5),
    )
  }

  await plane.sessions.open(connection, agreement)
  if (connection.ended !== undefined) return drop
  plane.connected.get(agreement.clientId)?.takenOver()
  plane.connected.set(agreement.clientId, connection)
  return forward(forBroker(packet, agreement))
}

function agree({ limits, switches }: Plane, packet: IConnectPacket, version: 4 | 5): Agreement {
  const { clientId, clean = true, properties = {} } = packet
  const assigned = clientId === '' && (version === 5 || (clean && switches.emptyClientIdV3 === 'assign'))
  const asked = version === 5 ? (properties.sessionExpiryInterval ?? 0) : clean ? 0 : limits.sessionExpirySeconds
  return {
    clientId: assigned ? `$GEN/${randomUUID()}` : clientId,
    assigned,
    version,
    clean,
    keepAliveSeconds: effectiveKeepAlive(packet.keepalive ?? 0, limits),
    sessionExpirySeconds: Math.min(asked, limits.sessionExpirySeconds),
    receiveMaximum: Math.min(properties.receiveMaximum ?? limits.receiveMaximum, limits.receiveMaximum),
    maximumPacketSize: properties.maximumPacketSize ?? Number.POSITIVE_INFINITY,
  }
}

/** iot:Connect, and for a last will iot:Publish and iot:RetainPublish on its topic: checked now, not when it is sent. */
function decide(plane: Plane, connection: MqttConnection, { will }: IConnectPacket, agreement: Agreement): Ruling {
  const { authorization } = plane
  const attributes = [
    ...(agreement.sessionExpirySeconds > 0 ? ['PersistentConnect'] : []),
    ...(will === undefined ? [] : ['LastWill']),
  ]
  const context: ConditionContext = {
    ...(attributes.length === 0 ? {} : { 'iot:ConnectAttributes': attributes }),
    ...(will === undefined ? {} : { 'iot:LastWillTopic': authorization.arn('Publish', will.topic) }),
  }
  const connect = authorization.decide(connection.caller, 'Connect', agreement.clientId, context)
  if (!connect.allowed || will === undefined) return connect
  const publish = authorization.decide(connection.caller, 'Publish', will.topic)
  if (!publish.allowed || !will.retain) return publish
  return authorization.decide(connection.caller, 'RetainPublish', will.topic)
}

/**
 * The same CONNECT for the broker. Username and password mean nothing under SigV4 (SDKs write metrics there), and the
 * keep-alive is watched here, on our clock.
 */
function forBroker({ username: _, password: __, ...packet }: IConnectPacket, agreement: Agreement): Packet {
  const forwarded = { ...packet, clientId: agreement.clientId, keepalive: 0 }
  if (agreement.version !== 5) return forwarded
  // Sessions end by our clock, so the broker is told that a lasting one never does.
  forwarded.properties = {
    ...packet.properties,
    sessionExpiryInterval: agreement.sessionExpirySeconds > 0 ? FOREVER : 0,
  }
  const delay = packet.will?.properties?.willDelayInterval
  if (packet.will === undefined || delay === undefined) return forwarded
  const willDelayInterval = Math.min(delay, agreement.sessionExpirySeconds) // [MQTT-3.1.2-8]
  return { ...forwarded, will: { ...packet.will, properties: { ...packet.will.properties, willDelayInterval } } }
}

function connack(version: 4 | 5, reasonCode: number, returnCode?: number): Packet | undefined {
  if (version === 5) return { cmd: 'connack', reasonCode, sessionPresent: false }
  return returnCode === undefined ? undefined : { cmd: 'connack', returnCode, sessionPresent: false }
}
