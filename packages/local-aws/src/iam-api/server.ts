import { type HttpsServer, serveHttps } from '../https-server.js'
import type { ServiceGuard } from '../outages.js'
import { parametersOf, queryService } from '../protocols/query-service.js'
import type { Asked, ServiceHandler, ServiceSettings } from '../protocols/signed-service.js'
import type { TlsMaterial } from '../tls.js'
import { roleOperations } from './operations.js'

/** IAM is global and its requests are scoped to us-east-1; tools with a custom endpoint use their own Region. */
export interface IamApiSettings extends ServiceSettings {
  readonly tls: TlsMaterial
  /** 0 selects a free port. */
  readonly port: number
  readonly guard?: ServiceGuard
}

export interface IamApi extends HttpsServer {
  /** For an endpoint shared with other services. */
  readonly answer: ServiceHandler
}

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
export async function startIamApi(settings: IamApiSettings): Promise<IamApi> {
  const { directory, guard = (handler) => handler, region } = settings
  const service = queryService(settings, {
    api,
    largestBody,
    requestedRegion: globalRegion,
    scope: ({ headers }) => (headers.authorization?.includes(`/${region}/iam/aws4_request`) ? region : globalRegion),
    fields: namesIn,
    operations: roleOperations(directory),
  })
  const answer = guard(service)
  const server = await serveHttps({ ...settings, answer })
  return { ...server, answer }
}

function namesIn(asked: Asked): Readonly<Record<string, string>> {
  const parameters = [...parametersOf(asked)]
  return Object.fromEntries(parameters.filter(([name]) => name === 'RoleName' || name === 'PolicyName'))
}
