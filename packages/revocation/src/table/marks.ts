import type { AccessItem } from '@topic-credentials/access'

/** Revokes access: nothing is vended, and no session works. Doing it again updates the time. */
export function revoked(item: AccessItem, now: number): AccessItem {
  return { ...item, revokedAt: now }
}

/** Denies sessions issued before a time. An earlier time has no effect, and a revoked item stays revoked. */
export function signedOut(item: AccessItem, before: number): AccessItem {
  return { ...item, signedOutAt: Math.max(before, item.signedOutAt ?? 0) }
}

/** Allows new credentials again; sessions issued before a time stay denied. Undefined if the item is not revoked. */
export function restored({ revokedAt, ...item }: AccessItem, before: number): AccessItem | undefined {
  return revokedAt === undefined ? undefined : signedOut(item, before)
}

/** Removes all marks. Undefined if there is none. */
export function cleared({ revokedAt, signedOutAt, ...item }: AccessItem): AccessItem | undefined {
  return revokedAt === undefined && signedOutAt === undefined ? undefined : item
}
