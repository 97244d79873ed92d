import { type AccessItem, grantsAt } from '@topic-credentials/access'
import { type GrantKind, matches } from '@topic-credentials/grants'
import type { AccessAdmin } from './access-admin.js'

/** An item that reaches a topic, and by which of its grants. */
export interface Reached {
  readonly item: AccessItem
  readonly kind: GrantKind
  readonly grant: string
}

/**
 * Whose items in the table reach a topic. Rules of the file are not in the table; of a template it is asked whether some value of its
 * variables reaches it, but for `${userId}` of a user's own item.
 */
export async function* whoReaches(
  access: AccessAdmin,
  topic: string,
  now: number,
  unreadable?: (key: string) => void,
): AsyncGenerator<Reached> {
  for await (const item of access.items(unreadable)) {
    const grants = grantsAt(item, now)
    for (const kind of ['publish', 'subscribe', 'retain'] as const) {
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
