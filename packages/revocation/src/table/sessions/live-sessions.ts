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
import { sessionDenial } from './session-denial.js'
import { buried, emptyState, folded, pruned, type SessionState, settled } from './session-state.js'
import { readState, stateKey, writeState } from './state-item.js'

/** Everybody's sessions are about to end, because the names do not fit. */
export interface EverybodySignedOut {
  /** Sessions issued before this moment: milliseconds since the epoch. */
  readonly before: number
  /** How many users and roles had entries of their own. */
  readonly names: number
  /** Characters that these would need, and that there are. */
  readonly characters: number
  readonly room: number
}

export interface LiveSessionsOptions {
  readonly table: Table
  readonly role: RolePolicy
  /** Milliseconds since the epoch, by AWS's clock. */
  readonly now: () => number
  readonly patience: Patience
  readonly change?: ChangeOptions | undefined
  /** Called before it is done. */
  readonly onEverybody?: ((event: EverybodySignedOut) => void) | undefined
}

/**
 * Sessions that were asked for before the marks stood may be issued this much later: a vend takes at most ten seconds. Those of
 * others that are issued in this time end as well, which is safe.
 */
const vendTime = 15_000

/** The state as it is at a version of its item. */
interface Versioned {
  readonly state: SessionState
  readonly version: number
}

type Change = (state: SessionState, version: number) => SessionState | Promise<SessionState>

/** The sessions that live, and the policy on the topic role that denies those that must not. */
export class LiveSessions {
  readonly #options: LiveSessionsOptions

  constructor(options: LiveSessionsOptions) {
    this.#options = options
  }

  async read(): Promise<Versioned> {
    const item = (await this.#options.table.read([stateKey])).get(stateKey)
    return { state: readState(item), version: wholeNumberOf(item?.version) ?? 0 }
  }

  /** Writes what `change` makes of the state, if nothing came between, and if it makes something else of it. */
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

  /** Where the state cannot be read, it begins anew. What was taken over stays so: old marks must not come back. */
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
   * Makes the state follow from these items, which the caller has written. The state is written even where that changes nothing: others
   * who looked at the items before, and have not written yet, must look again.
   */
  async settle(keys: readonly string[]): Promise<void> {
    await this.#write(this.#settling(keys))
  }

  /** The items are read after the state, which is then written only if nothing came between: older items never replace newer ones. */
  #settling(keys: readonly string[]) {
    return async (state: SessionState) => settled(state, keys, await this.#items(keys), this.#options.now())
  }

  /**
   * Makes the topic role's policy say what the state says: completes what another command has begun, writes without trusting what
   * IAM shows, and reads back until it stands. Begins again when the state has changed meanwhile, so that of two commands the
   * later one's state is what remains.
   *
   * @returns whether IAM shows it
   * @throws RevocationError `no_room` when not even the statement about everybody fits
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

  /** Settles what commands have begun, whether they are under way or dead. They themselves strike it off, or time does. */
  #complete(): Promise<Versioned> {
    return this.change(async (state) => {
      const keys = Object.values(state.pending).flatMap((command) => command.keys)
      return buried(await this.#settling(keys)(state), this.#options.now())
    })
  }

  async #items(keys: readonly string[]): Promise<readonly AccessItem[]> {
    if (keys.length === 0) return []
    const found = await this.#options.table.read(keys)
    // In the order of the keys: DynamoDB answers in any.
    return readable(keys.map((key) => found.get(key)).filter((item) => item !== undefined)).items
  }

  async #fold(state: SessionState, characters: number, room: number): Promise<void> {
    const names = Object.keys(state.denied).length
    if (names === 0) throw noRoom(room)
    const before = Math.ceil((this.#options.now() + vendTime) / 1000) * 1000
    this.#options.onEverybody?.({ before, names, characters, room })
    await this.change((current, version) => folded(current, before, version))
  }
}

/** Items that can be read, and the keys of those that cannot. These vend nothing to anybody; they must not keep others in. */
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
    `The other inline policies of the topic role leave ${room} characters, which is too few for any Deny. The marks are in the access table: nothing new is vended to whom they revoke. Sessions that live go on.`,
    {
      value: room,
      remedy: `Make the ceiling smaller (fewer or wider filters in entitlements.json), deploy, and run \`${commandLine('revoke', '--repair')}\`.`,
    },
  )
}
