import { VendError } from './errors.js'

/** A caller whom API Gateway has authenticated. */
export interface Caller {
  /** Whom credentials are vended for. */
  readonly userId: string
  /** The token's claims; none for IAM callers. Entitlements may ask for them. */
  readonly claims: Readonly<Record<string, unknown>>
  /** The IAM identity that called, or the token's issuer: for the log. */
  readonly provenBy: string
}

/** The route on which a trusted backend names the user. On the others the caller is the user. */
export const backendRoute = 'POST /users/{userId}/credentials'

/** The members of an HTTP API event that identity is read from. Headers, query and body are not even looked at. */
export interface AuthorizedEvent {
  readonly routeKey: string
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | undefined
  readonly requestContext: { readonly authorizer?: unknown }
}

/**
 * Who is calling, by the authorizer's word alone.
 *
 * The IAM user `…:user/path/alice` is `alice`; a session of a role, `…:assumed-role/Dev/alice@example.com`, is
 * `Dev~alice@example.com`: `~` is in neither name, so no session passes for a user or for a session of another role. A
 * token's caller is its `sub`.
 *
 * @param accountId the function's own account: `alice` of another account is somebody else.
 * @throws VendError `caller_not_supported` for everybody else (root, federated users, nobody).
 */
export function verifiedCaller(event: AuthorizedEvent, accountId: string): Caller {
  const { iam, jwt } = object(event.requestContext.authorizer)
  const named = event.routeKey === backendRoute
  const { userArn } = object(iam)
  if (typeof userArn === 'string') {
    const self = iamUserId(userArn, accountId)
    return { userId: named ? userId(event.pathParameters?.userId) : self, claims: {}, provenBy: userArn }
  }
  const { claims } = object(jwt)
  if (claims !== undefined && !named) {
    const { sub, iss } = object(claims)
    return { userId: userId(sub), claims: readClaims(claims), provenBy: String(iss) }
  }
  throw notSupported('The request carries no verified identity.')
}

const iamArn = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):(.+)$/u
const iamUser = /^user\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]+)$/u
const roleSession = /^assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]+)$/u

function iamUserId(arn: string, accountId: string): string {
  const [, account, principal = ''] = iamArn.exec(arn) ?? []
  if (account !== accountId) throw notSupported(`${arn} is not of account ${accountId}.`)
  const user = iamUser.exec(principal)?.[1]
  if (user !== undefined) return user
  const session = roleSession.exec(principal)
  if (session !== null) return `${session[1]}~${session[2]}`
  throw notSupported(`${arn} is neither an IAM user nor a session of a role.`)
}

function userId(value: unknown): string {
  // A lone surrogate has no UTF-8 form: two such IDs would become one.
  if (typeof value === 'string' && value !== '' && value.length <= 1024 && !/\p{Surrogate}/u.test(value)) return value
  throw notSupported('The verified identity has no usable user ID.')
}

function notSupported(message: string): VendError {
  const remedy = 'Call as an IAM user, as a session of a role, or with a token that has a sub.'
  return new VendError('caller_not_supported', message, { remedy })
}

/**
 * API Gateway writes a claim that is a list as `[a b]`. Entitlements look into lists, so it is one again here.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
function readClaims(claims: unknown): Caller['claims'] {
  const read = (value: unknown): unknown => {
    const items = typeof value === 'string' ? /^\[(.*)\]$/su.exec(value)?.[1] : undefined
    return items === undefined ? value : items.split(' ').filter((item) => item !== '')
  }
  return Object.fromEntries(Object.entries(object(claims)).map(([name, value]) => [name, read(value)]))
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
