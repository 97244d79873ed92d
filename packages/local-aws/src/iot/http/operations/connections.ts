import { randomUUID } from 'node:crypto'
import type { ClientRecord } from '../../broker/client-record.js'
import type { Message } from '../../broker/message.js'
import type { MqttSession } from '../../broker/mqtt-session.js'
import { reasonCodes } from '../../mqtt/reason-codes.js'
import type { DataPlane } from '../../rules/context.js'
import { ApiError } from '../api-error.js'
import { checkTopic, messageProperties } from './message-request.js'
import { authorize, checkClientId, flag, type Operation } from './operation.js'
import { paginate } from './pagination.js'

/** https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_GetConnection.html */
export const getConnection: Operation = {
  method: 'GET',
  path: /^\/connections\/([^/]+)$/u,
  run: (plane, requester, { name: clientId, query }) => {
    checkClientId(clientId, plane)
    const withSocket = flag(query, 'includeSocketInformation')
    authorize(plane, requester, 'GetConnection', clientId)
    const { client, connectedAt, disconnectedAt, persistence } = knownClient(plane, clientId)
    return {
      clientId,
      connected: disconnectedAt === undefined,
      cleanSession: persistence === undefined,
      keepAliveDuration: client.agreement?.keepAliveSeconds,
      sessionExpiry: persistence?.expirySeconds ?? 0,
      ...(withSocket && { sourceIp: client.requester.sourceIp, ...client.ports }),
      ...(disconnectedAt === undefined
        ? { connectedSince: connectedAt }
        : { disconnectedSince: disconnectedAt, disconnectReason: client.ended }),
    }
  },
}

/** https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_ListSubscriptions.html */
export const listSubscriptions: Operation = {
  method: 'GET',
  path: /^\/connections\/([^/]+)\/subscriptions$/u,
  run: (plane, requester, { name: clientId, query }) => {
    checkClientId(clientId, plane)
    authorize(plane, requester, 'ListSubscriptions', clientId)
    const { subscriptions } = knownClient(plane, clientId).session
    const summaries = [...subscriptions].map(([topicFilter, { qos }]) => ({ topicFilter, qos }))
    const { page, nextToken } = paginate(summaries, query, 20)
    return { subscriptions: page, ...nextToken }
  },
}

/**
 * Closes a connection: MQTT 5 clients receive 0x98, then it ends. The client can reconnect immediately.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_DeleteConnection.html
 */
export const deleteConnection: Operation = {
  method: 'DELETE',
  path: /^\/connections\/([^/]+)$/u,
  run: (plane, requester, { name: clientId, query }) => {
    const { sessions, recorder } = plane
    checkClientId(clientId, plane)
    const [withoutWill, withSession] = [flag(query, 'preventWillMessage'), flag(query, 'cleanSession')]
    authorize(plane, requester, 'DeleteConnection', clientId)
    const client = sessions.holder(clientId)
    if (client === undefined) throw ApiError.notFound(`No client with ID ${clientId} is connected`)
    if (withoutWill) sessions.forgetWill(client)
    client.end('API_INITIATED_DISCONNECT', reasonCodes.administrativeAction)
    if (withSession) sessions.discard(clientId)
    recorder.ok('DeleteConnection', requester, { clientId })
    return {}
  },
}

/**
 * Sends a message to one connected client. It needs no subscription, but the client must be allowed to receive the topic.
 * https://docs.aws.amazon.com/iot/latest/developerguide/direct-messaging.html
 */
export const sendDirectMessage: Operation = {
  method: 'POST',
  path: /^\/connections\/([^/]+)\/messages$/u,
  run: async (plane, requester, request) => {
    const { name: clientId, query, body: payload } = request
    checkClientId(clientId, plane)
    const topic = query.get('topic') ?? ''
    checkTopic(topic, plane)
    const confirmation = flag(query, 'confirmation')
    const timeoutSeconds = readTimeout(query)
    const properties = messageProperties(request)
    authorize(plane, requester, 'SendDirectMessage', clientId, { 'iot:Topic': topic })
    const session = plane.sessions.holder(clientId)?.session
    if (session === undefined) throw ApiError.notFound(`No client with ID ${clientId} is connected`)
    if (!session.canReceive(topic)) {
      throw new ApiError(403, 'ForbiddenException', `The client ${clientId} may not receive ${topic}`)
    }
    const message: Message = { topic, payload, qos: 1, retain: false, properties, receivedAt: plane.clock.now() }
    if (!confirmation) {
      session.deliver(message, { qos: 0, retain: false })
    } else if (!(await confirmed(session, message, timeoutSeconds))) {
      throw new ApiError(504, 'GatewayTimeoutException', `${clientId} did not acknowledge within ${timeoutSeconds} s`)
    }
    plane.recorder.ok('SendDirectMessage', requester, { clientId, topic, confirmation })
    return { message: 'OK', traceId: randomUUID() }
  },
}

function readTimeout(query: URLSearchParams): number {
  const seconds = Number(query.get('timeout') ?? '5')
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 15) return seconds
  throw ApiError.invalid(`timeout must be a number of seconds from 1 to 15, not '${query.get('timeout')}'`)
}

/** Whether the PUBACK arrived in time. */
function confirmed(session: MqttSession, message: Message, timeoutSeconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutSeconds * 1000, false)
    const receipt = (acknowledged: boolean) => {
      clearTimeout(timer)
      resolve(acknowledged)
    }
    session.deliver(message, { qos: 1, retain: false, receipt })
  })
}

/** How long AWS reports a disconnected client. https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_GetConnection.html */
const recentMs = 30 * 60_000

/** A client that is connected, has a session, or was connected within the last half hour. @throws ApiError */
function knownClient({ sessions, clock }: DataPlane, clientId: string): ClientRecord {
  const record = sessions.record(clientId)
  const goneAt = record?.persistence === undefined ? record?.disconnectedAt : undefined
  const isRecent = goneAt === undefined || clock.now() - goneAt <= recentMs
  if (record !== undefined && isRecent) return record
  throw ApiError.notFound(`No client with the ID ${clientId} is known`)
}
