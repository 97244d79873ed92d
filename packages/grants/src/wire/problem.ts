import { type GrantReference, type Grants, grantKinds } from '../grant-types.js'
import { parseGrants } from '../grants.js'
import { isRecord, recordOf } from '../json.js'

/** Status and title of every problem that the vendor returns. */
export const problems = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  unknown_key: { status: 400, title: 'The request has an unknown key' },
  invalid_topic_filter: { status: 400, title: 'A topic filter is not valid' },
  too_many_grants: { status: 400, title: 'The request names too many grants' },
  invalid_user_id: { status: 400, title: 'The user ID is not valid' },
  invalid_duration: { status: 400, title: 'The duration is not valid' },
  no_grants: { status: 403, title: 'No grants' },
  not_entitled: { status: 403, title: 'The caller is not entitled to these grants' },
  unusable_claim: { status: 403, title: 'A claim of the caller cannot be used in a topic' },
  caller_not_supported: { status: 403, title: 'This kind of caller is not supported' },
  too_many_groups: { status: 403, title: 'The caller is in too many groups' },
  revoked: { status: 403, title: 'The access of this user is revoked' },
  beyond_ceiling: { status: 403, title: 'The grants exceed the ceiling of this stack' },
  inexpressible_grants: { status: 400, title: 'IAM cannot express these grants exactly' },
  policy_too_large: { status: 413, title: 'The grants do not fit one session policy' },
  throttled: { status: 429, title: 'Too many requests' },
  access_unusable: { status: 502, title: 'The access record of this user is not valid' },
  signed_out: { status: 503, title: 'The sessions of this user are being ended' },
  access_unavailable: { status: 503, title: 'The access record of this user cannot be read' },
  sts_refused: { status: 502, title: 'STS refused the request' },
  sts_unavailable: { status: 503, title: 'STS is not reachable' },
  internal: { status: 500, title: 'The vendor failed' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>

/** Stable codes: clients switch on these, never on titles. */
export type ProblemCode = keyof typeof problems

/** An error response, `application/problem+json` (RFC 9457), with a stable code. */
export interface Problem {
  /** `urn:topic-credentials:problem:<code>`. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
  /** What happened, with which value. */
  readonly detail: string
  /** What to do next. */
  readonly remedy?: string
  /** Grants that the problem concerns. */
  readonly grants?: readonly GrantReference[]
  /** Grants that would compile; wider than requested. */
  readonly suggestion?: Grants
  /** For `throttled` and `sts_unavailable`: when to retry. */
  readonly retryAfterSeconds?: number
  readonly requestId?: string
}

/** Optional members of {@link problem}. */
export type ProblemExtras = Pick<Problem, 'remedy' | 'grants' | 'suggestion' | 'retryAfterSeconds' | 'requestId'>

/** @example problem('not_entitled', 'publish "admin" is not granted to alice.') */
export function problem(code: ProblemCode, detail: string, extras: ProblemExtras = {}): Problem {
  return { type: `urn:topic-credentials:problem:${code}`, ...problems[code], code, detail, ...extras }
}

/**
 * Reads an error response; undefined if it is not from the vendor (a proxy's or API Gateway's own).
 *
 * @example parseProblem(await response.json())?.code
 */
export function parseProblem(input: unknown): Problem | undefined {
  if (!isRecord(input)) return undefined
  const { code, detail, remedy, grants, suggestion, retryAfterSeconds, requestId } = input
  if (typeof code !== 'string' || !Object.hasOwn(problems, code) || typeof detail !== 'string') return undefined
  const suggested = readGrants(suggestion)
  return problem(code as ProblemCode, detail, {
    ...(typeof remedy === 'string' ? { remedy } : {}),
    ...(Array.isArray(grants) && grants.every(isReference) ? { grants } : {}),
    ...(suggested ? { suggestion: suggested } : {}),
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  })
}

function isReference(value: unknown): value is GrantReference {
  const { kind, filter } = recordOf(value)
  return (grantKinds as readonly unknown[]).includes(kind) && typeof filter === 'string'
}

/** Drops an invalid suggestion, because the problem itself is more important. */
function readGrants(value: unknown): Grants | undefined {
  if (value === undefined) return undefined
  try {
    return parseGrants(value)
  } catch {
    return undefined
  }
}
