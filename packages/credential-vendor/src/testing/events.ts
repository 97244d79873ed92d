import type { IdentitySettings, Prover } from '../identity/settings.js'

/** A stack in which IAM alone names users, as the default one. */
export const iamUsers: IdentitySettings = {
  accountId: '123456789012',
  provers: new Set<Prover>(['iam']),
  userPrefix: '',
  roleSessions: 'session',
  guests: false,
  deployCheckRole: undefined,
}

/** Claims as API Gateway hands them on: a list as `[a b]`, an object as JSON text, a null not at all (recorded: floci-io/floci#2011). */
export function flattened(payload: Readonly<Record<string, unknown>>): Record<string, string> {
  const present = Object.entries(payload).filter(([, value]) => value !== null)
  return Object.fromEntries(present.map(([name, value]) => [name, textOf(value)]))
}

/** What an HTTP API sends of a request with this token; the signature is not looked at. */
export function tokenEvent(payload: unknown, claims = flattened(payload as Record<string, unknown>)) {
  return {
    headers: { authorization: `Bearer ${token(payload)}` },
    requestContext: { authorizer: { jwt: { claims, scopes: null } } },
  }
}

/** A token with this payload, and a signature that nothing here verifies. */
export function token(payload: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${part(payload)}.c2lnbmF0dXJl`
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(' ')}]`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
