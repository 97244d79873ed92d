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
  /** Policies of the roles that vend: earlier versions wrote there. */
  readonly vendors: () => Promise<readonly RolePolicy[]>
  /** Milliseconds since the epoch, by AWS's clock. */
  readonly now: () => number
  readonly patience: Patience
  /** Who does it: written beside what is done. */
  readonly operator: () => Promise<string>
  /** How changes that others came between are tried again. */
  readonly change?: ChangeOptions | undefined
  readonly onEverybody?: ((event: EverybodySignedOut) => void) | undefined
  /** Told while all items are read: how many so far. */
  readonly onProgress?: ((items: number) => void) | undefined
}

/** What a command came to. */
export interface Changed {
  /** Whether there was anything to change. */
  readonly changed: boolean
  /** Whether IAM shows already what was written. If not, it does so later; `--repair` looks again. */
  readonly standing: boolean
}

type Mark = (item: AccessItem, now: number) => AccessItem | undefined

/**
 * Takes access away by marks in the access table, and ends the sessions that live by a Deny on the topic role. The mark is the
 * truth: the vendor reads it at each vend. The Deny follows from the marks of the last 25 hours, and each command makes it
 * agree with them, whatever commands before it left undone.
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

  /** Items with marks. What cannot be read is told by key: to such users nothing is vended either. */
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

  /** Takes all marks away. Sessions that live work again. Answers whose marks there were. */
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

  /** Makes the Deny anew from all marks. For a table or a role that somebody changed by hand, and when IAM did not show a write. */
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
      // Attributes that are not known here stay.
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

  /** What is to be done is noted down first, so that it is not lost when this process dies between two writes. */
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

/** Items that are written at once. */
const batch = 50
