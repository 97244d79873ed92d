import { AccessError } from '../errors.js'
import { type AccessItem, readItem } from '../item/item.js'
import { groupKey, roleKey, userKey } from '../item/key.js'
import type { Table } from '../table/table.js'

/** Whose access is asked for: a verified user, and what else was verified about who asks. */
export interface AccessQuestion {
  readonly userId: string
  /** Groups by the user's verified claims, in any order, repeated or not. */
  readonly groups: readonly string[]
  /** The IAM role whose session asks. */
  readonly role?: string | undefined
}

/** What the table says. */
export interface AccessAnswer {
  /** The items that there are: the user's, the role's, the groups'. */
  readonly items: readonly AccessItem[]
  /** The item that takes the access away, where one does. */
  readonly revokedBy: AccessItem | undefined
  /** Sessions issued before are over: the latest moment of any of the items. */
  readonly signedOutAt: number | undefined
  /** Groups that cannot be a key, so that the table cannot have them. */
  readonly droppedGroups: readonly string[]
}

/** Groups that are looked up: one BatchGetItem takes 100 keys, and two are the user's and the role's. */
export const mostGroups = 98

/**
 * Asks the table about a user, once.
 *
 * @throws AccessError `too_many_groups` for more than 98; `unusable_item` for an item that cannot be read; as the table says
 */
export async function readAccess(
  table: Pick<Table, 'read'>,
  { userId, groups, role }: AccessQuestion,
  signal?: AbortSignal,
): Promise<AccessAnswer> {
  const droppedGroups: string[] = []
  const groupKeys = [...new Set(groups)].flatMap((name) => {
    try {
      return groupKey(name)
    } catch {
      droppedGroups.push(name)
      return []
    }
  })
  if (groupKeys.length > mostGroups) {
    throw new AccessError(
      'too_many_groups',
      `The user is in ${groupKeys.length} groups; ${mostGroups} are looked up at most.`,
      {
        value: groupKeys.length,
        remedy: 'Let the issuer put fewer groups into the token: those that have an item in the access table.',
      },
    )
  }
  const keys = [userKey(userId), ...(role === undefined ? [] : [roleKey(role)]), ...groupKeys]
  const found = await table.read(keys, signal)
  const items = keys.flatMap((key) => {
    const item = found.get(key)
    return item === undefined ? [] : [readItem(item)]
  })
  const signedOut = items.flatMap((item) => item.signedOutAt ?? [])
  return {
    items,
    revokedBy: items.find(({ revokedAt }) => revokedAt !== undefined),
    signedOutAt: signedOut.length === 0 ? undefined : Math.max(...signedOut),
    droppedGroups,
  }
}
