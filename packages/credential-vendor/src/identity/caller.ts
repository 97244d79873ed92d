import type { User } from '@topic-credentials/grants'
import { recordOf } from '@topic-credentials/grants'
import { notSupported } from '../errors.js'
import { exactClaims } from './exact-claims.js'
import { iamSubject, isBackend, isCheck } from './iam-subject.js'
import type { IdentitySettings, Prover } from './settings.js'
import { bearerPayload } from './token.js'
import { userIdOf } from './user-id.js'

/** A caller authenticated by API Gateway, and the user for whom credentials are vended. */
export interface Caller extends User {
  readonly prover: Prover
  /** The calling IAM identity, or the token's issuer: for the log. */
  readonly provenBy: string
}

/** The route on which a trusted backend names the user. */
export const backendRoute = 'POST /users/{userId}/credentials'
/** The deploy check's own route, which only the check's role can use. */
export const checkRoute = 'POST /deploy-check/credentials'

/** The members of an HTTP API event from which the identity is read. Query, body and all other headers are ignored. */
export interface AuthorizedEvent {
  readonly routeKey: string
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | undefined
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  readonly requestContext: { readonly authorizer?: unknown }
}

/**
 * The caller according to the authorizer only. A user is a prover and a subject: each route has one prover, and no two provers of a
 * stack can produce the same user ID.
 *
 * | route | prover | subject |
 * | --- | --- | --- |
 * | `/credentials` | `jwt` | the token's `sub` |
 * | `/credentials` | `iam`, if no other prover is set | IAM user, role session, identity of an identity pool |
 * | `/users/{userId}/credentials` | `backend` | the user in the path |
 * | `/deploy-check/credentials` | `deploy-check` | the session of the check's own role |
 *
 * @throws VendError `caller_not_supported` for all other callers (root, federated users, other accounts, unauthenticated requests).
 */
export function verifiedCaller(event: AuthorizedEvent, settings: IdentitySettings): Caller {
  const { iam, jwt } = recordOf(event.requestContext.authorizer)
  const { userArn } = recordOf(iam)
  if (event.routeKey === backendRoute) {
    requireProver('backend', settings)
    if (!isBackend(recordOf(iam), settings)) {
      throw notSupported(
        'Only IAM users and roles of this account can act as a backend.',
        'Sign the request with the credentials of the role of the backend.',
      )
    }
    return named('backend', event.pathParameters?.userId, String(userArn), settings)
  }
  if (event.routeKey === checkRoute) {
    const session = isCheck(recordOf(iam), settings)
    if (session !== undefined) return named('deploy-check', session, String(userArn), settings)
    const remedy = 'Users call POST /credentials, backends POST /users/{userId}/credentials.'
    throw notSupported('This route is reserved for the deploy check.', remedy)
  }
  if (typeof userArn === 'string') {
    requireProver('iam', settings)
    return named('iam', iamSubject(recordOf(iam), settings), userArn, settings)
  }
  const { claims } = recordOf(jwt)
  if (claims === undefined) throw notSupported('The request has no verified identity.', callAsUser)
  requireProver('jwt', settings)
  const exact = exactClaims(recordOf(claims), bearerPayload(event.headers))
  return { ...named('jwt', exact.sub, String(exact.iss), settings), claims: exact }
}

function named(prover: Prover, subject: unknown, provenBy: string, settings: IdentitySettings): Caller {
  const userId = userIdOf(prover, subject, settings)
  return { userId, userPrefix: settings.userPrefix, claims: {}, prover, provenBy }
}

function requireProver(prover: Prover, { provers }: IdentitySettings): void {
  if (provers.has(prover)) return
  if (prover !== 'iam') throw notSupported('The request has no identity that this stack accepts.', callAsUser)
  const remedy = provers.has('jwt')
    ? 'Send the token of a user: Authorization: Bearer TOKEN (--token-file).'
    : 'Request credentials through a backend: POST /users/{userId}/credentials.'
  throw notSupported('IAM identities are not users of this stack: its users come from tokens or backends.', remedy)
}

/** The remedy if the request has no usable identity. */
const callAsUser = 'Call as an IAM user, as a role session, or with a token that has a "sub" claim.'
