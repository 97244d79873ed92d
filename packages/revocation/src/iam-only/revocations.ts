/** Who is shut out. Users go by their session name: what `encodeUserId` makes of the user ID. */
export interface Revocations {
  /** Nothing works for these: no session, old or new, and no new credentials. Sorted. */
  readonly revoked: readonly string[]
  /** Sessions issued before `before` are over; later ones work. By time, then by name. */
  readonly signedOut: readonly SignedOut[]
  /** Where names did not fit on the topic role: sessions of everybody that were issued before are over. */
  readonly everybody?: number
}

export interface SignedOut {
  readonly sessionName: string
  /** Milliseconds since the epoch, whole seconds. */
  readonly before: number
}

export const noRevocations: Revocations = { revoked: [], signedOut: [] }

/**
 * How long a signed-out session can still matter: its credentials open connections for an hour (role chaining allows no more),
 * and a connection that stands may outlive them by AWS IoT's 24 hours.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html (lifetime of WebSocket connections)
 */
const sessionLife = 25 * 60 * 60 * 1000

/** This user has no access from now on. What was signed out is covered by it. */
export function revoke({ revoked, signedOut, ...rest }: Revocations, sessionName: string): Revocations {
  const others = revoked.filter((name) => name !== sessionName)
  return { ...rest, revoked: [...others, sessionName].sort(), signedOut: without(signedOut, sessionName) }
}

/** This user's sessions from before a moment are over. Somebody who is revoked stays revoked. */
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
 * This user may have access again, with new credentials: whoever still holds old ones (a stolen laptop, a connection that
 * stands) stays out.
 */
export function restore(revocations: Revocations, sessionName: string, now: number): Revocations {
  const { revoked } = revocations
  if (!revoked.includes(sessionName)) return revocations
  return signOut({ ...revocations, revoked: revoked.filter((name) => name !== sessionName) }, sessionName, now)
}

/** Forgets the sessions that have ended by themselves. */
export function prune({ revoked, signedOut, everybody }: Revocations, now: number): Revocations {
  return {
    revoked,
    signedOut: signedOut.filter(({ before }) => before + sessionLife > now),
    ...(everybody !== undefined && everybody + sessionLife > now ? { everybody } : {}),
  }
}

/** No names: what they asked for about sessions that live is asked for about everybody's from before. */
export function fold({ everybody = 0 }: Revocations, before: number): Revocations {
  return { revoked: [], signedOut: [], everybody: Math.max(before, everybody) }
}

function without(signedOut: readonly SignedOut[], sessionName: string): SignedOut[] {
  return signedOut.filter((one) => one.sessionName !== sessionName)
}

function compare(a: string, b: string) {
  return a < b ? -1 : a > b ? 1 : 0
}
