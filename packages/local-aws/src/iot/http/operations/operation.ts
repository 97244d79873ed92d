import type { IncomingHttpHeaders } from 'node:http'
import type { ConditionContext } from '../../../iam/index.js'
import type { IotAction, Requester } from '../../access/authorization.js'
import { clientIdFault } from '../../access/limits.js'
import type { DataPlane } from '../../rules/context.js'
import { ApiError } from '../api-error.js'

/** The parsed parts of a request that all operations need. */
export interface ApiRequest {
  /** The topic or client ID in the path. */
  readonly name: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** One operation of the data plane's HTTPS API. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Its first group is the request's `name`. */
  readonly path: RegExp
  /** The JSON content of the response. @throws ApiError */
  readonly run: (plane: DataPlane, requester: Requester, request: ApiRequest) => unknown
}

/** @throws ApiError if IAM refuses */
export function authorize(
  { authorization, recorder, switches }: DataPlane,
  requester: Requester,
  action: IotAction,
  name: string,
  context?: ConditionContext,
): void {
  const ruling = authorization.decide(requester, action, name, context)
  if (ruling.allowed) return
  recorder.denied(action, requester, ruling, { protocol: 'HTTPS' })
  throw switches.httpDenied === 'unauthorized-401'
    ? new ApiError(401, 'UnauthorizedException', 'Unauthorized')
    : new ApiError(403, 'ForbiddenException', 'Forbidden')
}

/** @throws ApiError if this is not a valid client ID */
export function checkClientId(clientId: string, { limits }: DataPlane): void {
  const fault = clientIdFault(clientId, limits)
  if (fault !== undefined) throw ApiError.invalid(fault)
}

/** `true` or `false` in a query, case-insensitive; @throws ApiError for anything else */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)?.toLowerCase() ?? 'false'
  if (value !== 'true' && value !== 'false') throw ApiError.invalid(`${name} must be true or false, not '${value}'`)
  return value === 'true'
}
