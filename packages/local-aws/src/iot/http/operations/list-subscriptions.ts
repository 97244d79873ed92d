import { knownClient } from './known-client.js'
import { authorize, checkClientId, type Operation } from './operation.js'
import { paginate } from './pagination.js'

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
