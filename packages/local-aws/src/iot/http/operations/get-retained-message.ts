import { ApiError } from '../api-error.js'
import { checkTopic } from './message-request.js'
import { authorize, type Operation } from './operation.js'

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
