import {
  AccessError,
  type AccessItem,
  type AccessKey,
  type Attributes,
  changeItem,
  type GrantTexts,
  keyText,
  longestList,
  newItem,
  noGrants,
  readItem,
  type Table,
  writeItem,
} from '@topic-credentials/access'
import {
  byKind,
  EntitlementError,
  type GrantReference,
  grantKinds,
  parseGrantRule,
  type Rule,
} from '@topic-credentials/grants'

export interface AccessAdminOptions {
  readonly table: Table
  /** ARN of the operator, which is stored with each change. */
  readonly operator: () => Promise<string>
  /** The grants of a rule that the stack's role does not cover. */
  readonly beyond: (rule: Rule) => readonly GrantReference[]
}

/** The grants of one user, group or role. */
export interface AccessEntry {
  readonly key: AccessKey
  readonly grants: GrantTexts
  /** The time from which the grants are ignored, in milliseconds since the epoch. */
  readonly expiresAt?: number | undefined
  /** The user ID, if the key contains only its hash. */
  readonly userId?: string | undefined
}

/**
 * Manages the grants in the access table. Every change is validated before it is written, and written only if the item has not changed
 * since it was read. Revocations are not affected.
 *
 * @example
 * const access = new AccessAdmin({ table, operator, beyond: await roleReach(iam, roleName) })
 * await access.grant({ key: { kind: 'user', name: 'alice' }, grants: { publish: ['tenants/t1/#'], subscribe: [], retain: [] } })
 */
export class AccessAdmin {
  readonly #options: AccessAdminOptions

  constructor(options: AccessAdminOptions) {
    this.#options = options
  }

  /** @throws AccessError `unusable_item` */
  async get(key: AccessKey): Promise<AccessItem | undefined> {
    const text = keyText(key)
    const item = (await this.#options.table.read([text])).get(text)
    return item === undefined ? undefined : readItem(item)
  }

  /** Adds grants to the existing ones. @throws AccessError `invalid_grants`, `beyond_ceiling` */
  async grant(entry: AccessEntry): Promise<AccessItem> {
    this.check(entry)
    return this.#change(entry, (before) => merged(before, entry.grants))
  }

  /** Removes the given grants, or all of them. Grants that do not exist are ignored. */
  async withdraw(key: AccessKey, grants: GrantTexts | 'all'): Promise<AccessItem> {
    return this.#change({ key }, (before) => (grants === 'all' ? noGrants : without(before, grants)))
  }

  /** Replaces the grants of the item. Idempotent. @throws as {@link grant} */
  async replace(entry: AccessEntry): Promise<AccessItem> {
    this.check(entry)
    return this.#change(entry, () => entry.grants)
  }

  /** @throws AccessError `invalid_grants` or `beyond_ceiling`, naming the grant */
  check({ key, grants }: AccessEntry): void {
    const place = keyText(key)
    for (const kind of grantKinds) {
      if (grants[kind].length <= longestList) continue
      throw invalid(
        place,
        `${kind} has ${grants[kind].length} grants; the limit is ${longestList}`,
        grants[kind].length,
      )
    }
    let rule: Rule
    try {
      rule = parseGrantRule(grants, place)
    } catch (error) {
      if (error instanceof EntitlementError) throw invalid(place, error.message, error.value, error.remedy)
      throw error
    }
    const missing = this.#options.beyond(rule)
    if (missing.length === 0) return
    const names = missing.map(({ kind, filter }) => `${kind} "${filter}"`).join(', ')
    throw new AccessError('beyond_ceiling', `${place}: the stack's role does not cover ${names}`, {
      value: missing,
      remedy: 'Grant less, or declare a wider ceiling (-c ceiling=tenants/+/#) and deploy. Nothing was written.',
    })
  }

  /** All valid items, in no particular order; `unreadable` is called with the keys of the others. */
  async *items(unreadable: (key: string) => void = () => {}): AsyncGenerator<AccessItem> {
    for await (const page of this.#options.table.scan()) {
      for (const attributes of page) {
        const text = (attributes.pk as { readonly S?: string } | undefined)?.S ?? ''
        if (!/^(user|group|role)#/u.test(text)) continue
        try {
          yield readItem(attributes)
        } catch {
          unreadable(text)
        }
      }
    }
  }

  async #change(
    { key, expiresAt, userId }: Omit<AccessEntry, 'grants'>,
    change: (before: GrantTexts) => GrantTexts,
  ): Promise<AccessItem> {
    const { table, operator } = this.#options
    const updatedBy = await operator()
    const write = (attributes: Attributes | undefined) => {
      const before = attributes === undefined ? newItem(key) : readItem(attributes)
      const grants = change(before.grants)
      const after = {
        ...before,
        grants,
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(userId === undefined ? {} : { userId }),
      }
      if (JSON.stringify(after) === JSON.stringify(before) && attributes !== undefined) return undefined
      const { publish: _, subscribe: __, retain: ___, ...rest } = attributes ?? {}
      return { ...rest, ...writeItem({ ...after, updatedAt: table.now(), updatedBy }) }
    }
    const { item } = await changeItem(table, keyText(key), write)
    return item === undefined ? newItem(key) : readItem(item)
  }
}

function merged(before: GrantTexts, more: GrantTexts): GrantTexts {
  return byKind((kind) => [...new Set([...before[kind], ...more[kind]])])
}

function without(before: GrantTexts, less: GrantTexts): GrantTexts {
  return byKind((kind) => before[kind].filter((text) => !less[kind].includes(text)))
}

function invalid(place: string, message: string, value: unknown, remedy = 'Grant wider filters such as "devices/#".') {
  const placed = message.startsWith(place) ? message : `${place}: ${message}`
  return new AccessError('invalid_grants', placed, { value, remedy: `${remedy} Nothing was written.` })
}
