import { type AccessItem, keyText } from '@topic-credentials/access'
import { encodeUserId } from '@topic-credentials/grants'

/** Sessions that must not work any more. */
export interface DeniedSessions {
  /** A session name; or, for a role, what the names of its sessions begin with, and `*`. */
  readonly pattern: string
  /** Issued before this moment (milliseconds, whole seconds). Absent: whenever they were issued. */
  readonly before?: number
  /** When all of them have ended by themselves. */
  readonly until: number
}

export interface PendingCommand {
  readonly keys: readonly string[]
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * Which live sessions must be denied: what the topic role's policy has to say. The marks in the items are the truth; this follows
 * from those of the last 25 hours.
 */
export interface SessionState {
  /** By key of the item. */
  readonly denied: Readonly<Record<string, DeniedSessions>>
  /** Commands that have begun and not ended, by their own ID: the marks of these items may or may not stand yet. */
  readonly pending: Readonly<Record<string, PendingCommand>>
  /** Where names did not fit: everybody's sessions from before. `since`: the version of the state that began it. */
  readonly everybody?: { readonly before: number; readonly since: number }
  /** What an earlier version left in IAM: `marks` are taken over into the table, then the vendor role's Deny is `removed`. */
  readonly takenOver?: 'marks' | 'removed'
}

export const emptyState: SessionState = { denied: {}, pending: {} }

/**
 * How long a session can matter: its credentials open connections for an hour (role chaining allows no more), and a connection
 * may outlive them by AWS IoT's 24 hours.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html (lifetime of WebSocket connections)
 */
export const sessionLife = 25 * 60 * 60 * 1000

/** Names of more than 64 characters are hashed. No pattern tells whose they are. */
const hashedNames = '==*'

/** A command that has not ended after this time has died. */
const commandLife = 10 * 60 * 1000

/** A command is about to write these items. Whatever becomes of it, those that come after it look at them. */
export function begun(state: SessionState, command: string, pending: PendingCommand): SessionState {
  return { ...state, pending: { ...state.pending, [command]: pending } }
}

/** The command has settled what it has written. */
export function ended(state: SessionState, command: string): SessionState {
  return { ...state, pending: Object.fromEntries(Object.entries(state.pending).filter(([id]) => id !== command)) }
}

/** What these items ask for, as they are now. Of `keys` without an item nothing is asked. */
export function settled(
  state: SessionState,
  keys: readonly string[],
  items: readonly AccessItem[],
  now: number,
): SessionState {
  const settling = new Set(keys)
  const others = Object.entries(state.denied).filter(([key]) => !settling.has(itemKey(key)))
  return { ...state, denied: Object.assign(Object.fromEntries(others), ...items.map((item) => deniedBy(item, now))) }
}

/** Keys of the items that have denied sessions. */
export function deniedItems({ denied }: SessionState): readonly string[] {
  return [...new Set(Object.keys(denied).map(itemKey))]
}

/** Forgets commands that died. Their items must be settled before. */
export function buried(state: SessionState, now: number): SessionState {
  const living = Object.entries(state.pending).filter(([, { at }]) => at + commandLife > now)
  return { ...state, pending: Object.fromEntries(living) }
}

/** Forgets the sessions that have ended by themselves. */
export function pruned({ everybody, ...state }: SessionState, now: number): SessionState {
  const alive = Object.entries(state.denied).filter(([, { until }]) => until > now)
  const still = everybody !== undefined && everybody.before + sessionLife > now
  return {
    ...state,
    denied: Object.fromEntries(alive),
    ...(still ? { everybody } : {}),
  }
}

/** Everybody's sessions from before this moment in place of all names. */
export function folded(state: SessionState, before: number, since: number): SessionState {
  return { ...state, denied: {}, everybody: { before: Math.max(before, state.everybody?.before ?? 0), since } }
}

/** A role has a second entry, for its sessions whose names are hashed. */
function itemKey(key: string): string {
  return key.endsWith(`/${hashedNames}`) ? key.slice(0, -hashedNames.length - 1) : key
}

function deniedBy(item: AccessItem, now: number): Readonly<Record<string, DeniedSessions>> {
  const { revokedAt, signedOutAt } = item
  const key = keyText(item.key)
  const at = revokedAt ?? signedOutAt
  if (at === undefined || item.key.kind === 'group') return {}
  const until = at + sessionLife
  if (until <= now) return {}
  const entry = { until, ...(revokedAt === undefined ? { before: wholeSeconds(at) } : {}) }
  if (item.key.kind === 'user') return { [key]: { ...entry, pattern: item.key.name } }
  const prefix = sessionPrefix(item.key.name)
  return {
    ...(prefix === undefined ? {} : { [key]: { ...entry, pattern: `${prefix}*` } }),
    // Whose they are cannot be told, so all that exist end; the vendor knows who may have new ones.
    [`${key}/${hashedNames}`]: { ...entry, before: wholeSeconds(at) + 1000, pattern: hashedNames },
  }
}

/** What names of a role's sessions begin with, unless they are hashed: `Dev=7E` for the users `Dev~…`. */
function sessionPrefix(roleName: string): string | undefined {
  const encoded = encodeUserId(`${roleName}~`)
  return encoded.startsWith('==') ? undefined : encoded
}

function wholeSeconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000) * 1000
}
