import { parametersOf, queryService } from '../protocols/query-service.js'
import { type ServedService, type ServedSettings, serveService } from '../protocols/serve-service.js'
import type { Asked } from '../protocols/signed-service.js'
import { roleOperations } from './operations.js'

const api = { service: 'iam', version: '2010-05-08' } as const
const globalRegion = 'us-east-1'
/** Larger than the largest policy, percent-encoded. */
const largestBody = 262_144

/**
 * Serves the part of the IAM API that reads roles and changes their inline policies, over TLS on 127.0.0.1: Query protocol, verified
 * signatures, permission checks. A change takes effect with the next decision, also for existing sessions.
 *
 * @example
 * await using iam = await startIamApi({ directory, accountId, region: 'eu-west-1', clock, journal, tls, port: 0 })
 * new IAMClient({ endpoint: iam.url, region: 'eu-west-1', credentials })
 */
export function startIamApi(settings: ServedSettings): Promise<ServedService> {
  const { directory, region } = settings
  const service = queryService(settings, {
    api,
    largestBody,
    // IAM is global and its requests are scoped to us-east-1; tools with a custom endpoint use their own Region.
    requestedRegion: globalRegion,
    scope: ({ headers }) => (headers.authorization?.includes(`/${region}/iam/aws4_request`) ? region : globalRegion),
    fields: namesIn,
    operations: roleOperations(directory),
  })
  return serveService(settings, service)
}

function namesIn(asked: Asked): Readonly<Record<string, string>> {
  const parameters = [...parametersOf(asked)]
  return Object.fromEntries(parameters.filter(([name]) => name === 'RoleName' || name === 'PolicyName'))
}
