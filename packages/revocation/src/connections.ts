import {
  DeleteConnectionCommand,
  type IoTDataPlaneClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot-data-plane'
import { RevocationError } from './errors.js'

/** What became of one client ID. `absent`: no such client is connected. */
export interface EndedConnection {
  readonly clientId: string
  readonly outcome: 'ended' | 'absent'
}

/** @throws RevocationError `foreign_client_id`: users connect as `<session name>:<anything>`. */
export function checkClientIds(sessionName: string, clientIds: readonly string[]): void {
  const foreign = clientIds.find((clientId) => !clientId.startsWith(`${sessionName}:`))
  if (foreign === undefined) return
  throw new RevocationError('foreign_client_id', `The client ID '${foreign}' is not one of this user's`, {
    value: foreign,
    remedy: `Theirs begin with '${sessionName}:'. Nothing was changed.`,
  })
}

/**
 * Closes these connections, forgets their sessions with what is queued for them, and sends no last will. They cannot come back
 * once the role's Deny is in force.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_DeleteConnection.html
 */
export async function endConnections(
  iot: IoTDataPlaneClient,
  clientIds: readonly string[],
): Promise<readonly EndedConnection[]> {
  return Promise.all(
    clientIds.map(async (clientId) => {
      try {
        await iot.send(new DeleteConnectionCommand({ clientId, cleanSession: true, preventWillMessage: true }))
        return { clientId, outcome: 'ended' } as const
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return { clientId, outcome: 'absent' } as const
        throw error
      }
    }),
  )
}
