import type { AccessItem } from '@topic-credentials/access'

/** Nothing is vended from now on, and no session works. Doing it again begins anew. */
export function revoked(item: AccessItem, now: number): AccessItem {
  return { ...item, revokedAt: now }
}

/** Sessions from before a moment are over. An earlier moment takes nothing back, and who is revoked stays revoked. */
export function signedOut(item: AccessItem, before: number): AccessItem {
  return { ...item, signedOutAt: Math.max(before, item.signedOutAt ?? 0) }
}

/** New credentials are vended again; sessions from before a moment stay over. Undefined for who is not revoked. */
export function restored({ revokedAt, ...item }: AccessItem, before: number): AccessItem | undefined {
  return revokedAt === undefined ? undefined : signedOut(item, before)
}

/** As if there had never been a mark. Undefined where there is none. */
export function cleared({ revokedAt, signedOutAt, ...item }: AccessItem): AccessItem | undefined {
  return revokedAt === undefined && signedOutAt === undefined ? undefined : item
}
