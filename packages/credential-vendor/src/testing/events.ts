import type { IdentitySettings, Prover } from '../identity/settings.js'

/** The settings of the default stack: all users are IAM identities. */
export const iamUsers: IdentitySettings = {
  accountId: '123456789012',
  provers: new Set<Prover>(['iam']),
  userPrefix: '',
  roleSessions: 'session',
  guests: false,
  deployCheckRole: undefined,
}

/** Claims as API Gateway passes them: a list as `[a b]`, an object as JSON, no null (recorded: floci-io/floci#2011). */
export function flattened(payload: Readonly<Record<string, unknown>>): Record<string, string> {
  const present = Object.entries(payload).filter(([, value]) => value !== null)
  return Object.fromEntries(present.map(([name, value]) => [name, textOf(value)]))
}

/** The event of an HTTP API for a request with this token. Its signature is not verified. */
export function tokenEvent(payload: unknown, claims = flattened(payload as Record<string, unknown>)) {
  return {
    headers: { authorization: `Bearer ${token(payload)}` },
    requestContext: { authorizer: { jwt: { claims, scopes: null } } },
  }
}

/** A token with this payload and an invalid signature. */
export function token(payload: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${part(payload)}.c2lnbmF0dXJl`
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(' ')}]`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
