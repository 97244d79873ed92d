import { isDeepStrictEqual } from 'node:util'
import {
  type AccessItem,
  type Attributes,
  type ChangeOptions,
  changeItem,
  partitionKey,
  readItem,
  type Table,
  textOf,
  wholeNumberOf,
} from '@topic-credentials/access'
import { commandLine } from '@topic-credentials/project'
import { RevocationError } from '../../errors.js'
import { type Patience, type RolePolicy, stands } from '../../roles/role-policy.js'
import { vendTime, wholeSeconds } from '../../roles/session-times.js'
import { sessionDenial } from './session-denial.js'
import { buried, emptyState, folded, pruned, type SessionState, settled } from './session-state.js'
import { readState, stateKey, writeState } from './state-item.js'

/** The event that the sessions of all users are about to end, because the names do not fit. */
export interface EverybodySignedOut {
  /** Sessions issued before this time end: milliseconds since the epoch. */
  readonly before: number
  /** Number of users and roles with their own entries. */
  readonly names: number
  /** Characters that these need, and the characters available. */
  readonly characters: number
  readonly room: number
}

export interface LiveSessionsOptions {
  readonly table: Table
  readonly role: RolePolicy
  /** The stack's prefix of every user ID. Default: none. */
  readonly userPrefix?: string | undefined
  /** AWS's time in milliseconds since the epoch. */
  readonly now: () => number
  readonly patience: Patience
  readonly change?: ChangeOptions | undefined
  /** Called before the sessions end. */
  readonly onEverybody?: ((event: EverybodySignedOut) => void) | undefined
}

/** The state at a version of its item. */
interface Versioned {
  readonly state: SessionState
  readonly version: number
}

type Change = (state: SessionState, version: number) => SessionState | Promise<SessionState>

/** The live sessions, and the topic role's policy that denies the revoked ones. */
export class LiveSessions {
  readonly #options: LiveSessionsOptions

  constructor(options: LiveSessionsOptions) {
    this.#options = options
  }

  async read(): Promise<Versioned> {
    const item = (await this.#options.table.read([stateKey])).get(stateKey)
    return { state: readState(item), version: wholeNumberOf(item?.version) ?? 0 }
  }

  /** Applies `change` to the state and writes the result if it differs, with retries if another command interferes. */
  change(change: Change): Promise<Versioned> {
    return this.#write(change, (state, next) => isDeepStrictEqual(next, state))
  }

  async #write(
    change: Change,
    isEnough: (state: SessionState, next: SessionState) => boolean = () => false,
  ): Promise<Versioned> {
    const { table, now } = this.#options
    const write = async (before: Attributes | undefined) => {
      const state = readState(before)
      const next = pruned(await change(state, (wholeNumberOf(before?.version) ?? 0) + 1), now())
      return isEnough(state, next) ? undefined : { ...before, ...writeState(next) }
    }
    const { item } = await changeItem(table, stateKey, write, this.#options.change)
    return { state: readState(item), version: wholeNumberOf(item?.version) ?? 0 }
  }

  /** Resets the state if it is not valid. It then counts as migrated, so that old marks are not copied again. */
  async mend(): Promise<void> {
    const write = (before: Attributes | undefined) => {
      try {
        readState(before)
        return undefined
      } catch {
        return { ...before, ...writeState({ ...emptyState, takenOver: 'removed' }) }
      }
    }
    await changeItem(this.#options.table, stateKey, write, this.#options.change)
  }

  /**
   * Updates the state from these items, which the caller has written. The state is written even if it does not change, so that other
   * commands that read the items earlier and have not written yet must read them again.
   */
  async settle(keys: readonly string[]): Promise<void> {
    await this.#write(this.#settling(keys))
  }

  /** Reads the items after the state. The state is written only if it is unchanged by then, so older items never replace newer ones. */
  #settling(keys: readonly string[]) {
    return async (state: SessionState) =>
      settled(state, keys, await this.#items(keys), this.#options.now(), this.#options.userPrefix ?? '')
  }

  /**
   * Makes the topic role's policy match the state: completes what another command has started, writes without relying on IAM's reads, and
   * reads back until the policy is visible. If the state has changed meanwhile, it starts again, so that the later state of two concurrent
   * commands remains.
   *
   * @returns whether IAM shows it
   * @throws RevocationError `no_room` if not even the statement for all users fits
   */
  async enforce(): Promise<boolean> {
    const { role, patience } = this.#options
    for (;;) {
      const { state, version } = await this.#complete()
      const document = sessionDenial(state, version)
      const room = await role.room()
      const characters = document === undefined ? 0 : JSON.stringify(document).length
      if (characters > room || !(await role.write(document))) {
        await this.#fold(state, characters, room)
        continue
      }
      const seen = await stands(role, document, patience)
      if ((await this.read()).version === version) return seen
    }
  }

  /** Settles the items of pending commands, running or dead. The commands remove their own entries; otherwise they expire. */
  #complete(): Promise<Versioned> {
    return this.change(async (state) => {
      const keys = Object.values(state.pending).flatMap((command) => command.keys)
      return buried(await this.#settling(keys)(state), this.#options.now())
    })
  }

  async #items(keys: readonly string[]): Promise<readonly AccessItem[]> {
    if (keys.length === 0) return []
    const found = await this.#options.table.read(keys)
    // In the order of the keys: DynamoDB returns items in any order.
    return readable(keys.map((key) => found.get(key)).filter((item) => item !== undefined)).items
  }

  async #fold(state: SessionState, characters: number, room: number): Promise<void> {
    const names = Object.keys(state.denied).length
    if (names === 0) throw noRoom(room)
    const before = wholeSeconds(this.#options.now() + vendTime)
    this.#options.onEverybody?.({ before, names, characters, room })
    await this.change((current, version) => folded(current, before, version))
  }
}

/** Separates valid items from the keys of invalid ones. Nothing is vended for invalid items, but they must not block the others. */
export function readable(all: readonly Attributes[]): {
  readonly items: readonly AccessItem[]
  readonly unreadable: readonly string[]
} {
  const unreadable: string[] = []
  const items = all.flatMap((attributes) => {
    try {
      return [readItem(attributes)]
    } catch {
      unreadable.push(textOf(attributes[partitionKey]) ?? '')
      return []
    }
  })
  return { items, unreadable }
}

function noRoom(room: number): RevocationError {
  return new RevocationError(
    'no_room',
    `The other inline policies of the topic role leave only ${room} characters, too few for any Deny. The revocations are in the access table: the revoked users get no new credentials, but their existing sessions continue.`,
    {
      value: room,
      remedy: `Make the ceiling smaller (fewer or wider filters in entitlements.json), deploy, and run \`${commandLine('revoke', '--repair')}\`.`,
    },
  )
}
