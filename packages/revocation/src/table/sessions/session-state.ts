import { type AccessItem, keyText } from '@topic-credentials/access'
import { encodeUserId } from '@topic-credentials/grants'
import { sessionLife, wholeSeconds } from '../../roles/session-times.js'

/** Sessions that must be denied. */
export interface DeniedSessions {
  /** A session name; for a role, the common prefix of its session names and `*`. */
  readonly pattern: string
  /** Sessions issued before this time (milliseconds, whole seconds). Absent: all sessions. */
  readonly before?: number
  /** When all of them have expired. */
  readonly until: number
}

export interface PendingCommand {
  readonly keys: readonly string[]
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * The live sessions that must be denied, from which the topic role's policy is generated. The marks in the items are authoritative; this
 * state is derived from those of the last 25 hours.
 */
export interface SessionState {
  /** By item key. */
  readonly denied: Readonly<Record<string, DeniedSessions>>
  /** Commands that have started and not ended, by command ID. It is unknown whether the marks of their items were written. */
  readonly pending: Readonly<Record<string, PendingCommand>>
  /** If the names did not fit: sessions of all users issued before `before`. `since`: the version of the state that introduced it. */
  readonly everybody?: { readonly before: number; readonly since: number }
  /** Migration from IAM, if the stack had no table before: `marks` have been copied to the table; then the vendor role's Deny is `removed`. */
  readonly takenOver?: 'marks' | 'removed'
}

export const emptyState: SessionState = { denied: {}, pending: {} }

/** Matches hashed names, which replace names of more than 64 characters. A hash does not show the role it belongs to. */
const hashedNames = '==*'

/** Milliseconds after which an unfinished command is considered dead. */
const commandLife = 10 * 60 * 1000

/** Registers a command before it writes these items. Later commands check the items even if this one is interrupted. */
export function begun(state: SessionState, command: string, pending: PendingCommand): SessionState {
  return { ...state, pending: { ...state.pending, [command]: pending } }
}

/** Removes a command that has settled its items. */
export function ended(state: SessionState, command: string): SessionState {
  return { ...state, pending: Object.fromEntries(Object.entries(state.pending).filter(([id]) => id !== command)) }
}

/** Updates the entries of `keys` from the current items. Keys without an item lose their entry. */
export function settled(
  state: SessionState,
  keys: readonly string[],
  items: readonly AccessItem[],
  now: number,
  userPrefix: string,
): SessionState {
  const settling = new Set(keys)
  const others = Object.entries(state.denied).filter(([key]) => !settling.has(itemKey(key)))
  return {
    ...state,
    denied: Object.assign(Object.fromEntries(others), ...items.map((item) => deniedBy(item, now, userPrefix))),
  }
}

/** Keys of the items with denied sessions. */
export function deniedItems({ denied }: SessionState): readonly string[] {
  return [...new Set(Object.keys(denied).map(itemKey))]
}

/** Removes dead commands. Their items must have been settled before. */
export function buried(state: SessionState, now: number): SessionState {
  const living = Object.entries(state.pending).filter(([, { at }]) => at + commandLife > now)
  return { ...state, pending: Object.fromEntries(living) }
}

/** Removes sessions that have expired. */
export function pruned({ everybody, ...state }: SessionState, now: number): SessionState {
  const alive = Object.entries(state.denied).filter(([, { until }]) => until > now)
  const still = everybody !== undefined && everybody.before + sessionLife > now
  return {
    ...state,
    denied: Object.fromEntries(alive),
    ...(still ? { everybody } : {}),
  }
}

/** Replaces all names by one time for the sessions of all users. */
export function folded(state: SessionState, before: number, since: number): SessionState {
  return { ...state, denied: {}, everybody: { before: Math.max(before, state.everybody?.before ?? 0), since } }
}

/** A role has a second entry, for its sessions with hashed names. */
function itemKey(key: string): string {
  return key.endsWith(`/${hashedNames}`) ? key.slice(0, -hashedNames.length - 1) : key
}

function deniedBy(item: AccessItem, now: number, userPrefix: string): Readonly<Record<string, DeniedSessions>> {
  const { revokedAt, signedOutAt } = item
  const key = keyText(item.key)
  const at = revokedAt ?? signedOutAt
  if (at === undefined || item.key.kind === 'group') return {}
  const until = at + sessionLife
  if (until <= now) return {}
  const entry = { until, ...(revokedAt === undefined ? { before: wholeSeconds(at) } : {}) }
  if (item.key.kind === 'user') return { [key]: { ...entry, pattern: item.key.name } }
  const prefix = sessionPrefix(`${userPrefix}${item.key.name}`)
  return {
    ...(prefix === undefined ? {} : { [key]: { ...entry, pattern: `${prefix}*` } }),
    // A hash does not show its role, so all existing sessions with hashed names end; the vendor decides about new ones.
    [`${key}/${hashedNames}`]: { ...entry, before: wholeSeconds(at) + 1000, pattern: hashedNames },
  }
}

/** The common prefix of a role's session names, unless they are hashed: `Dev=7E` for the users `Dev~…`. */
function sessionPrefix(userPrefixAndRole: string): string | undefined {
  const encoded = encodeUserId(`${userPrefixAndRole}~`)
  return encoded.startsWith('==') ? undefined : encoded
}
