import { type AccessItem, grantsAt } from '@topic-credentials/access'
import { type GrantKind, grantKinds, matches } from '@topic-credentials/grants'
import type { AccessAdmin } from './access-admin.js'

/** An item that grants a topic, with the matching grants. */
export interface Reached {
  readonly item: AccessItem
  readonly kind: GrantKind
  readonly grant: string
}

/**
 * Finds the items of the table that grant a topic. It does not search the rules of the entitlements file. A template matches if it does for any
 * values of its variables; only `${userId}` in the item of a user has one fixed value.
 */
export async function* whoReaches(
  access: AccessAdmin,
  topic: string,
  now: number,
  unreadable?: (key: string) => void,
): AsyncGenerator<Reached> {
  for await (const item of access.items(unreadable)) {
    const grants = grantsAt(item, now)
    for (const kind of grantKinds) {
      for (const grant of grants[kind]) {
        if (reaches(grant, topic, item)) yield { item, kind, grant }
      }
    }
  }
}

function reaches(grant: string, topic: string, { key, userId }: AccessItem): boolean {
  const own = key.kind === 'user' && !/=/u.test(key.name) ? key.name : userId
  const levels = grant.replace(/^\$share\/[^/]+\//u, '').split('/')
  const filter = levels.map((level) => {
    const filled = own === undefined ? level : level.replaceAll('${userId}', () => own)
    return filled.includes('${') ? '+' : filled
  })
  return matches(filter.join('/'), topic)
}
