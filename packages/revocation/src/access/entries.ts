import {
  AccessError,
  type AccessItem,
  type GrantTexts,
  groupKey,
  keyText,
  roleKey,
  userKey,
} from '@topic-credentials/access'
import { byKind, grantKinds, isRecord, parseJson } from '@topic-credentials/grants'
import type { AccessEntry } from './access-admin.js'

const known = ['user', 'group', 'role', ...grantKinds, 'expiresAt']

/**
 * Parses one line of an import: `{"user": "alice", "publish": ["tenants/t1/#"], "expiresAt": "2026-12-31T00:00:00Z"}`, with `group` or
 * `role` instead of `user` if needed. Users are identified by their user ID.
 *
 * @throws AccessError `invalid_grants` with the line's number
 */
export function parseEntry(line: string, number: number): AccessEntry {
  const fields = parseJson(line, () => wrong(number, 'it is not JSON', line))
  if (!isRecord(fields)) throw wrong(number, 'it is not an object', line)
  const stray = Object.keys(fields).find((name) => !known.includes(name))
  if (stray !== undefined) throw wrong(number, `unknown key "${stray}"; use ${known.join(', ')}`, stray)
  const named = (['user', 'group', 'role'] as const).filter((kind) => fields[kind] !== undefined)
  const [kind] = named
  const name = kind === undefined ? undefined : fields[kind]
  if (kind === undefined || named.length > 1 || typeof name !== 'string') {
    throw wrong(number, 'it must name exactly one user, group or role, as a string', line)
  }
  const keys = { user: userKey, group: groupKey, role: roleKey }
  let text: string
  try {
    text = keys[kind](name)
  } catch (error) {
    throw wrong(number, (error as Error).message, name)
  }
  const expiresAt = fields.expiresAt === undefined ? undefined : Date.parse(String(fields.expiresAt))
  if (Number.isNaN(expiresAt)) {
    throw wrong(number, 'expiresAt is not a date such as 2026-12-31T00:00:00Z', fields.expiresAt)
  }
  return {
    key: { kind, name: text.slice(kind.length + 1) },
    grants: byKind((grants) => texts(fields[grants] ?? [], grants, number)),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(kind === 'user' && text !== `user#${name}` ? { userId: name } : {}),
  }
}

/** An item as a line for a later import; undefined if it grants nothing, or if the ID of its user is not known. */
export function entryLine({ key, grants, expiresAt, userId }: AccessItem): string | undefined {
  const lists = Object.entries(grants).filter(([, list]) => list.length > 0)
  if (lists.length === 0) return undefined
  return JSON.stringify({
    [key.kind]: userId ?? decoded(keyText(key).slice(key.kind.length + 1), key.kind),
    ...Object.fromEntries(lists),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  })
}

/** The user ID behind a session name that is not hashed. */
function decoded(name: string, kind: string): string {
  if (kind !== 'user' || name.startsWith('==')) return name
  return decodeURIComponent(name.replaceAll('%', '%25').replaceAll(/=([0-9A-F]{2})/gu, '%$1'))
}

function texts(list: unknown, kind: keyof GrantTexts, number: number): readonly string[] {
  if (Array.isArray(list) && list.every((one) => typeof one === 'string')) return list
  throw wrong(number, `${kind} must be a list of topic filters`, list)
}

function wrong(number: number, message: string, value: unknown): AccessError {
  return new AccessError('invalid_grants', `line ${number}: ${message}`, {
    value,
    remedy: 'Correct the line. Nothing was written.',
  })
}
