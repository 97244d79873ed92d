import { authorize, type Operation } from './operation.js'
import { paginate } from './pagination.js'

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
