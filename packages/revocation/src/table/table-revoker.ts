import { randomUUID } from 'node:crypto'
import {
  type AccessItem,
  type AccessKey,
  type Attributes,
  type ChangeOptions,
  changeItem,
  keyText,
  newItem,
  readItem,
  type Table,
  writeItem,
} from '@topic-credentials/access'
import type { Patience, RolePolicy } from '../roles/role-policy.js'
import { clockError } from '../roles/server-time.js'
import { cleared, restored, revoked, signedOut } from './marks.js'
import { type EverybodySignedOut, LiveSessions, readable } from './sessions/live-sessions.js'
import { begun, deniedItems, ended } from './sessions/session-state.js'
import { takeOver } from './takeover.js'

export interface TableRevokerOptions {
  readonly table: Table
  readonly role: RolePolicy
  /** The stack's prefix of every user ID. Default: none. */
  readonly userPrefix?: string | undefined
  /** The policies `Revocations` of the vendor's roles, from the time before the stack had a table. */
  readonly vendors: () => Promise<readonly RolePolicy[]>
  /** AWS's time in milliseconds since the epoch. */
  readonly now: () => number
  readonly patience: Patience
  /** ARN of the operator, which is stored with each change. */
  readonly operator: () => Promise<string>
  /** Retry settings for changes that conflict with other writers. */
  readonly change?: ChangeOptions | undefined
  readonly onEverybody?: ((event: EverybodySignedOut) => void) | undefined
  /** Called with the number of items read so far while all items are read. */
  readonly onProgress?: ((items: number) => void) | undefined
}

/** The result of a command. */
export interface Changed {
  /** Whether anything was changed. */
  readonly changed: boolean
  /** Whether IAM already shows the change; otherwise `--repair` verifies it later. */
  readonly standing: boolean
}

type Mark = (item: AccessItem, now: number) => AccessItem | undefined

/**
 * Revokes access with marks in the access table, and ends existing sessions with a Deny on the topic role. The mark is authoritative: the
 * vendor reads it at each vend. The Deny is derived from the marks of the last 25 hours, and each command makes it match them, even if
 * earlier commands were interrupted.
 */
export class TableRevoker {
  readonly #options: TableRevokerOptions
  readonly #sessions: LiveSessions

  constructor(options: TableRevokerOptions) {
    this.#options = options
    this.#sessions = new LiveSessions(options)
  }

  revoke(key: AccessKey): Promise<Changed> {
    return this.#mark([key], revoked)
  }

  signOut(key: AccessKey): Promise<Changed> {
    return this.#mark([key], (item, now) => signedOut(item, now + clockError))
  }

  undo(key: AccessKey): Promise<Changed> {
    return this.#mark([key], (item, now) => restored(item, now + clockError))
  }

  /** All items with marks, and the keys of invalid items, whose users get no credentials either. */
  async marked(): Promise<{ readonly items: readonly AccessItem[]; readonly unreadable: readonly string[] }> {
    await this.#takeOver()
    const { table, onProgress } = this.#options
    const marked: Attributes[] = []
    let read = 0
    for await (const page of table.scan()) {
      read += page.length
      marked.push(...page.filter((one) => (one.revoked ?? one.signedOutAt) !== undefined))
      onProgress?.(read)
    }
    return readable(marked)
  }

  /** Removes all marks. Existing sessions work again. Returns the items that had marks. */
  async clear(): Promise<readonly AccessItem[]> {
    await this.#takeOver()
    const { version } = await this.#sessions.read()
    const { items } = await this.marked()
    for (let first = 0; first < items.length; first += batch) {
      const keys = items.slice(first, first + batch).map(({ key }) => key)
      await this.#write(keys, cleared)
    }
    await this.#sessions.change(({ everybody, ...state }) =>
      everybody === undefined || everybody.since <= version ? state : { ...state, everybody },
    )
    await this.#sessions.enforce()
    return items
  }

  /** Rebuilds the Deny from all marks, for a table or role that was edited by hand, and if IAM did not show a write. */
  async repair(): Promise<Changed> {
    await this.#sessions.mend()
    const { items } = await this.marked()
    const { state } = await this.#sessions.read()
    const keys = [...new Set([...items.map(({ key }) => keyText(key)), ...deniedItems(state)])]
    for (let first = 0; first < keys.length; first += batch) {
      await this.#noted(keys.slice(first, first + batch), async () => {})
    }
    return { changed: true, standing: await this.#sessions.enforce() }
  }

  async #mark(keys: readonly AccessKey[], mark: Mark): Promise<Changed> {
    await this.#takeOver()
    const changed = await this.#write(keys, mark)
    return { changed, standing: await this.#sessions.enforce() }
  }

  async #write(keys: readonly AccessKey[], mark: Mark): Promise<boolean> {
    const { table, now, operator, change } = this.#options
    const updatedBy = await operator()
    const write = (key: AccessKey) => (attributes: Attributes | undefined) => {
      const item = attributes === undefined ? newItem(key) : readItem(attributes)
      const after = mark(item, now())
      if (after === undefined) return undefined
      // Unknown attributes are preserved.
      const { revoked: _, signedOutAt: __, ...rest } = attributes ?? {}
      return { ...rest, ...writeItem({ ...after, updatedAt: now(), updatedBy }) }
    }
    const changes = await this.#noted(keys.map(keyText), () =>
      Promise.all(keys.map((key) => changeItem(table, keyText(key), write(key), change))),
    )
    return changes.some(({ written }) => written)
  }

  #takeOver(): Promise<void> {
    const { role: topic } = this.#options
    return takeOver({ ...this.#options, topic, sessions: this.#sessions })
  }

  /** Registers the operation before it starts, so that another command completes it if this process dies between two writes. */
  async #noted<T>(keys: readonly string[], action: () => Promise<T>): Promise<T> {
    const command = randomUUID()
    const at = this.#options.now()
    await this.#sessions.change((state) => begun(state, command, { keys, at }))
    const result = await action()
    await this.#sessions.settle(keys)
    await this.#sessions.change((state) => ended(state, command))
    return result
  }
}

/** Number of items that are written concurrently. */
const batch = 50
