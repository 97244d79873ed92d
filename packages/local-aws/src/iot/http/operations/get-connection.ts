import { knownClient } from './known-client.js'
import { authorize, checkClientId, flag, type Operation } from './operation.js'

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
