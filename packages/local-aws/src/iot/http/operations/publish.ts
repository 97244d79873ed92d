import { randomUUID } from 'node:crypto'
import { reservedFault } from '../../access/reserved-topics.js'
import { ApiError } from '../api-error.js'
import { checkTopic, messageProperties } from './message-request.js'
import { authorize, flag, type Operation } from './operation.js'

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
    const message = {
      topic,
      payload,
      qos: qos === '1' ? 1 : 0,
      retain,
      properties,
      receivedAt: plane.clock.now(),
    } as const
    plane.recorder.ok('Publish', requester, { topic, qos: message.qos, retain, protocol: 'HTTPS' })
    plane.router.publish(message)
    return { message: 'OK', traceId: randomUUID() }
  },
}

function expiry(query: URLSearchParams): { messageExpiryInterval?: number } {
  const seconds = query.get('messageExpiry')
  if (seconds === null) return {}
  if (!/^\d{1,9}$/u.test(seconds)) throw ApiError.invalid(`messageExpiry must be a number of seconds, not '${seconds}'`)
  return { messageExpiryInterval: Number(seconds) }
}
