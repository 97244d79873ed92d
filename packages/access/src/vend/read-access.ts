import { AccessError } from '../errors.js'
import { type AccessItem, readItem } from '../item/item.js'
import { groupKey, roleKey, userKey } from '../item/key.js'
import type { Table } from '../table/table.js'

/** The user whose access is read, with further verified properties of the caller. */
export interface AccessQuestion {
  readonly userId: string
  /** Groups from the user's verified claims, in any order, with or without duplicates. */
  readonly groups: readonly string[]
  /** The IAM role of the calling session. */
  readonly role?: string | undefined
}

/** The result of {@link readAccess}. */
export interface AccessAnswer {
  /** The existing items: of the user, the role and the groups. */
  readonly items: readonly AccessItem[]
  /** The item that revokes the access, if any. */
  readonly revokedBy: AccessItem | undefined
  /** Sessions issued before this time are not valid: the latest time of all items. */
  readonly signedOutAt: number | undefined
  /** Groups that are not valid keys, so the table cannot contain them. */
  readonly droppedGroups: readonly string[]
}

/** Maximum number of groups: one BatchGetItem reads 100 keys, and two are the user's and the role's. */
export const mostGroups = 98

/**
 * Reads the items of a user with one request.
 *
 * @throws AccessError `too_many_groups` for more than 98; `unusable_item` for an invalid item; and as {@link Table.read}
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
    throw new AccessError('too_many_groups', `The user is in ${groupKeys.length} groups; the limit is ${mostGroups}.`, {
      value: groupKeys.length,
      remedy: 'Configure the token issuer to include only groups that have an item in the access table.',
    })
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
