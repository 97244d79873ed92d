import { reasonCodes } from '../../mqtt/reason-codes.js'
import { ApiError } from '../api-error.js'
import { authorize, checkClientId, flag, type Operation } from './operation.js'

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
