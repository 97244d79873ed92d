import { setTimeout } from 'node:timers/promises'
import {
  DeleteConnectionCommand,
  ForbiddenException,
  GetConnectionCommand,
  type IoTDataPlaneClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot-data-plane'
import { RevocationError } from './errors.js'

/**
 * The result for one client ID. `ended`: AWS IoT closed it and confirms that it is gone. `absent`: no such client is connected.
 * `connected`: it is still or again connected. `unknown`: AWS IoT accepted the request, but the caller has no permission to verify the result.
 */
export interface EndedConnection {
  readonly clientId: string
  readonly outcome: 'ended' | 'absent' | 'connected' | 'unknown'
}

/** @throws RevocationError `foreign_client_id`: users connect as `<session name>:<anything>`. */
export function checkClientIds(sessionName: string, clientIds: readonly string[]): void {
  const foreign = clientIds.find((clientId) => !clientId.startsWith(`${sessionName}:`))
  if (foreign === undefined) return
  throw new RevocationError('foreign_client_id', `The client ID '${foreign}' does not belong to this user`, {
    value: foreign,
    remedy: `The client IDs of this user begin with '${sessionName}:'. Nothing was changed.`,
  })
}

/**
 * Closes these connections, deletes their sessions with all queued messages, and suppresses the last will. The clients cannot reconnect
 * once the role's Deny is in effect.
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
        return { clientId, outcome: await whetherGone(iot, clientId) }
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return { clientId, outcome: 'absent' } as const
        throw error
      }
    }),
  )
}

/** Checks several times until the connection is gone. */
async function whetherGone(iot: IoTDataPlaneClient, clientId: string): Promise<EndedConnection['outcome']> {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (attempt > 0) await setTimeout(200 * attempt)
    try {
      const { connected } = await iot.send(new GetConnectionCommand({ clientId }))
      if (connected !== true) return 'ended'
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return 'ended'
      if (error instanceof ForbiddenException) return 'unknown'
      throw error
    }
  }
  return 'connected'
}
