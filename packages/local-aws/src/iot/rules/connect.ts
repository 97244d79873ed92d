import type { ConditionContext } from '../../iam/index.js'
import type { Ruling } from '../access/authorization.js'
import { clientIdFault, type Limits } from '../access/limits.js'
import { reservedFault } from '../access/reserved-topics.js'
import { topicFault } from '../access/topic.js'
import type { Agreement, Client } from '../broker/client.js'
import type { ConnectPacket, Will } from '../mqtt/packet.js'
import { reasonCodes, returnCodes } from '../mqtt/reason-codes.js'
import { agree } from './agree.js'
import { connackFor, refusalOf } from './connack.js'
import type { DataPlane } from './context.js'
import { done, end, type Verdict } from './verdict.js'

/** Why a CONNECT is refused before authorization. */
interface Refusal {
  readonly detail: string
  readonly reasonCode: number
  readonly returnCode?: number
}

/** Gate 2: the CONNECT packet. Client ID, last will, quotas, then iot:Connect, then the session to resume or start. */
export function judgeConnect(plane: DataPlane, client: Client, packet: ConnectPacket): Verdict {
  const { recorder, limits, sessions, lifecycle } = plane
  const { protocolVersion, will } = packet
  if (protocolVersion !== 4 && protocolVersion !== 5) {
    const detail = `AWS IoT Core supports MQTT 3.1.1 and MQTT 5, not protocol level ${protocolVersion}`
    recorder.refused('Connect', client.requester, detail)
    return end('CLIENT_ERROR', undefined, refusalOf(4, 0, returnCodes.protocolVersion))
  }
  const agreement = agree(plane, packet, protocolVersion)
  client.agree(agreement)
  const refusal = faultOf(plane, packet, agreement)
  if (refusal !== undefined) {
    const { detail, reasonCode, returnCode } = refusal
    recorder.refused('Connect', client.requester, detail, agreement.version === 5 ? { code: reasonCode } : {})
    return end('CLIENT_ERROR', reasonCode, refusalOf(agreement.version, reasonCode, returnCode))
  }
  const ruling = decide(plane, client, packet, agreement)
  if (!ruling.allowed) return denial(plane, client, ruling, agreement)

  sessions.holder(agreement.clientId)?.end('DUPLICATE_CLIENTID', reasonCodes.sessionTakenOver)
  const { session, resumed } = sessions.open(client, agreement, will)
  client.establish(session)
  recorder.ok('Connect', client.requester, { protocol: agreement.version, resumed })
  client.send(connackFor(agreement, resumed, limits))
  if (!client.isEstablished) return done // the client does not accept a packet of this size
  lifecycle.connected(client, sessions.record(agreement.clientId)?.versionNumber ?? 0)
  session.attach(client)
  return done
}

function faultOf(plane: DataPlane, packet: ConnectPacket, agreement: Agreement): Refusal | undefined {
  const { limits, connectQuota, clock } = plane
  const { clientId, assigned } = agreement
  const { clientIdNotValid, badAuthenticationMethod, quotaExceeded } = reasonCodes
  const idFault = clientId === '' ? 'the client ID is empty' : assigned ? undefined : clientIdFault(clientId, limits)
  if (idFault !== undefined) {
    return { detail: idFault, reasonCode: clientIdNotValid, returnCode: returnCodes.identifierRejected }
  }
  const { authenticationMethod, authenticationData, receiveMaximum, maximumPacketSize } = packet.properties
  if (receiveMaximum === 0 || maximumPacketSize === 0) {
    const detail = 'Receive Maximum and Maximum Packet Size must not be 0 (§3.1.2.11.3, §3.1.2.11.4)'
    return { detail, reasonCode: reasonCodes.protocolError }
  }
  if (authenticationMethod !== undefined || authenticationData !== undefined) {
    return { detail: 'enhanced authentication (AUTH) is not supported', reasonCode: badAuthenticationMethod }
  }
  if (!connectQuota.take(clientId, clock.now())) {
    const own = limits.connectsPerSecondPerClientId
    const detail = `throttled: ${own} CONNECT per second for one client ID, ${connectQuota.perSecond} for the account`
    return { detail, reasonCode: quotaExceeded }
  }
  return packet.will === undefined ? undefined : willFault(packet.will, limits)
}

function willFault({ topic, payload, qos, retain, properties }: Will, limits: Limits): Refusal | undefined {
  const { topicNameInvalid, qosNotSupported, quotaExceeded, protocolError } = reasonCodes
  const fault = topicFault(topic, limits) ?? reservedFault(topic, 'publish', retain)
  if (fault !== undefined) return { detail: `last will topic '${topic}': ${fault}`, reasonCode: topicNameInvalid }
  if (qos > 1) return { detail: 'the last will has QoS 2', reasonCode: qosNotSupported }
  if (payload.length > limits.payloadBytes) {
    return { detail: `the last will has more than ${limits.payloadBytes} bytes`, reasonCode: quotaExceeded }
  }
  if (properties.responseTopic !== undefined && /[+#]/u.test(properties.responseTopic)) {
    return { detail: "the last will's response topic contains a wildcard [MQTT-3.3.2-14]", reasonCode: protocolError }
  }
  return undefined
}

/** iot:Connect and, for a last will, iot:Publish and iot:RetainPublish on its topic: checked now, not when it is published. */
function decide(plane: DataPlane, { requester }: Client, { will }: ConnectPacket, agreement: Agreement): Ruling {
  const { authorization } = plane
  const attributes = [
    ...(agreement.sessionExpirySeconds > 0 ? ['PersistentConnect'] : []),
    ...(will === undefined ? [] : ['LastWill']),
  ]
  const context: ConditionContext = {
    'iot:ConnectAttributes': attributes.length === 0 ? undefined : attributes,
    'iot:LastWillTopic': will && authorization.arn('Publish', will.topic),
  }
  const connect = authorization.decide(requester, 'Connect', agreement.clientId, context)
  if (!connect.allowed || will === undefined) return connect
  const publish = authorization.decide(requester, 'Publish', will.topic)
  if (!publish.allowed || !will.retain) return publish
  return authorization.decide(requester, 'RetainPublish', will.topic)
}

function denial(plane: DataPlane, client: Client, ruling: Ruling, { version }: Agreement): Verdict {
  const { recorder, lifecycle, switches } = plane
  recorder.denied('Connect', client.requester, ruling, { protocol: version })
  lifecycle.connectFailed(client)
  const answered = version === 5 ? switches.v5ConnectDenied : switches.v3ConnectDenied
  const { notAuthorized } = reasonCodes
  const connack = answered === 'close' ? undefined : refusalOf(version, notAuthorized, returnCodes.notAuthorized)
  return end('AUTH_ERROR', notAuthorized, connack)
}
