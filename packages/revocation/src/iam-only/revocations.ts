import { sessionLife } from '../roles/session-times.js'

/** All revocations. Users are identified by their session name: the result of `encodeUserId` for the user ID. */
export interface Revocations {
  /** Users without access: no session works, and no new credentials are vended. Sorted. */
  readonly revoked: readonly string[]
  /** Users whose sessions issued before `before` are denied; later ones work. By time, then by name. */
  readonly signedOut: readonly SignedOut[]
  /** If the names did not fit the topic role's policy: sessions of all users issued before this time are denied. */
  readonly everybody?: number
}

export interface SignedOut {
  readonly sessionName: string
  /** Milliseconds since the epoch, whole seconds. */
  readonly before: number
}

export const noRevocations: Revocations = { revoked: [], signedOut: [] }

/** Revokes a user's access. It includes an earlier sign-out. */
export function revoke({ revoked, signedOut, ...rest }: Revocations, sessionName: string): Revocations {
  const others = revoked.filter((name) => name !== sessionName)
  return { ...rest, revoked: [...others, sessionName].sort(), signedOut: without(signedOut, sessionName) }
}

/** Denies a user's sessions issued before a time. A revoked user stays revoked. */
export function signOut(revocations: Revocations, sessionName: string, before: number): Revocations {
  const { revoked, signedOut } = revocations
  if (revoked.includes(sessionName)) return revocations
  const latest = Math.max(
    before,
    ...signedOut.filter((one) => one.sessionName === sessionName).map((one) => one.before),
  )
  const entries = [...without(signedOut, sessionName), { sessionName, before: latest }]
  return {
    ...revocations,
    revoked,
    signedOut: entries.sort((a, b) => a.before - b.before || compare(a.sessionName, b.sessionName)),
  }
}

/**
 * Restores a user's access with new credentials. Existing sessions (a stolen laptop, an open connection) stay denied.
 */
export function restore(revocations: Revocations, sessionName: string, now: number): Revocations {
  const { revoked } = revocations
  if (!revoked.includes(sessionName)) return revocations
  return signOut({ ...revocations, revoked: revoked.filter((name) => name !== sessionName) }, sessionName, now)
}

/** Removes sessions that have ended. */
export function prune({ revoked, signedOut, everybody }: Revocations, now: number): Revocations {
  return {
    revoked,
    signedOut: signedOut.filter(({ before }) => before + sessionLife > now),
    ...(everybody !== undefined && everybody + sessionLife > now ? { everybody } : {}),
  }
}

/** Replaces all names by one time for the sessions of all users. */
export function fold({ everybody = 0 }: Revocations, before: number): Revocations {
  return { revoked: [], signedOut: [], everybody: Math.max(before, everybody) }
}

function without(signedOut: readonly SignedOut[], sessionName: string): SignedOut[] {
  return signedOut.filter((one) => one.sessionName !== sessionName)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
