import { randomUUID } from 'node:crypto'
import { reservedFault } from '../../access/reserved-topics.js'
import { ApiError } from '../api-error.js'
import { checkTopic, messageProperties } from './message-request.js'
import { authorize, flag, type Operation } from './operation.js'
import { paginate } from './pagination.js'

/** https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_Publish.html */
export const publish: Operation = {
  method: 'POST',
  path: /^\/topics\/(.+)$/u,
  run: (plane, requester, request) => {
    const { query, body: payload, name: topic } = request
    checkTopic(topic, plane)
    const qos = query.get('qos') ?? '0'
    if (qos !== '0' && qos !== '1') throw ApiError.invalid(`qos must be 0 or 1, not '${qos}'`)
    const retain = flag(query, 'retain')
    const properties = { ...messageProperties(request), ...expiry(query) }
    const reserved = reservedFault(topic, 'publish', retain)
    if (reserved !== undefined) throw ApiError.invalid(reserved)
    authorize(plane, requester, 'Publish', topic)
    if (retain) authorize(plane, requester, 'RetainPublish', topic)
    const options = { topic, qos: qos === '1' ? 1 : 0, retain } as const
    plane.recorder.ok('Publish', requester, { ...options, protocol: 'HTTPS' })
    plane.router.publish({ ...options, payload, properties, receivedAt: plane.clock.now() })
    return { message: 'OK', traceId: randomUUID() }
  },
}

function expiry(query: URLSearchParams): { messageExpiryInterval?: number } {
  const seconds = query.get('messageExpiry')
  if (seconds === null) return {}
  if (!/^\d{1,9}$/u.test(seconds)) throw ApiError.invalid(`messageExpiry must be a number of seconds, not '${seconds}'`)
  return { messageExpiryInterval: Number(seconds) }
}

/** https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_GetRetainedMessage.html */
export const getRetainedMessage: Operation = {
  method: 'GET',
  path: /^\/retainedMessage\/(.+)$/u,
  run: (plane, requester, { name: topic }) => {
    checkTopic(topic, plane)
    authorize(plane, requester, 'GetRetainedMessage', topic)
    const message = plane.retained.get(topic)
    if (message === undefined) throw ApiError.notFound(`No retained message is on ${topic}`)
    const { payload, qos, receivedAt, properties } = message
    const userProperties = properties.userProperties?.map(([name, value]) => ({ [name]: value }))
    return {
      topic,
      payload: payload.toString('base64'),
      qos,
      lastModifiedTime: receivedAt,
      userProperties:
        userProperties === undefined ? null : Buffer.from(JSON.stringify(userProperties)).toString('base64'),
    }
  },
}

/** https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_ListRetainedMessages.html */
export const listRetainedMessages: Operation = {
  method: 'GET',
  path: /^\/retainedMessage\/?$/u,
  run: (plane, requester, { query }) => {
    authorize(plane, requester, 'ListRetainedMessages', '*')
    const summaries = plane.retained.all().map(({ topic, payload, qos, receivedAt }) => ({
      topic,
      payloadSize: payload.length,
      qos,
      lastModifiedTime: receivedAt,
    }))
    const { page, nextToken } = paginate(summaries, query, 200)
    return { retainedTopics: page, ...nextToken }
  },
}
