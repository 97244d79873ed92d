import type { ClientRecord } from '../../broker/client-record.js'
import type { DataPlane } from '../../rules/context.js'
import { ApiError } from '../api-error.js'

/** How long AWS reports a disconnected client. https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_GetConnection.html */
const recentMs = 30 * 60_000

/** A client that is connected, has a session, or was connected within the last half hour. @throws ApiError */
export function knownClient({ sessions, clock }: DataPlane, clientId: string): ClientRecord {
  const record = sessions.record(clientId)
  const goneAt = record?.persistence === undefined ? record?.disconnectedAt : undefined
  const isRecent = goneAt === undefined || clock.now() - goneAt <= recentMs
  if (record !== undefined && isRecent) return record
  throw ApiError.notFound(`No client with the ID ${clientId} is known`)
}
