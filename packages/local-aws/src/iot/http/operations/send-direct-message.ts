import { randomUUID } from 'node:crypto'
import type { Message } from '../../broker/message.js'
import type { MqttSession } from '../../broker/mqtt-session.js'
import { ApiError } from '../api-error.js'
import { checkTopic, messageProperties } from './message-request.js'
import { authorize, checkClientId, flag, type Operation } from './operation.js'

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
