import {
  type Attributes,
  type ChangeOptions,
  changeItem,
  newItem,
  readItem,
  sessionKey,
  type Table,
  writeItem,
} from '@topic-credentials/access'
import { RevocationError } from '../errors.js'
import { readTopicRolePolicy } from '../iam-only/topic-role-policy.js'
import { readVendorRolePolicy } from '../iam-only/vendor-role-policy.js'
import type { RolePolicy } from '../roles/role-policy.js'
import { revoked, signedOut } from './marks.js'
import type { LiveSessions } from './sessions/live-sessions.js'

export interface TakeoverOptions {
  readonly table: Table
  readonly sessions: LiveSessions
  readonly topic: RolePolicy
  /** The policies `Revocations` of the vendor's roles. */
  readonly vendors: () => Promise<readonly RolePolicy[]>
  readonly now: () => number
  readonly operator: () => Promise<string>
  readonly change?: ChangeOptions | undefined
}

/**
 * Migrates the revocations of a stack that had no table (`-c access=file`) from IAM to its new table, once: first the marks, then the topic
 * role's policy, and the Deny of the vendor's role last, so that no revoked user gains access in between. If the process dies, the next command
 * continues.
 *
 * @throws RevocationError `foreign_policy` if another program wrote the policies; nothing is changed then
 */
export async function takeOver(options: TakeoverOptions): Promise<void> {
  const { sessions, vendors } = options
  const { state } = await sessions.read()
  if (state.takenOver === 'removed') return
  const roles = await vendors()
  if (state.takenOver === undefined) {
    try {
      await takeMarks(options, roles)
    } catch (error) {
      // Another command can have finished in between. The topic role's policy is then derived from the table and contains no old marks.
      const isOvertaken = (await sessions.read()).state.takenOver !== undefined
      if (!isOvertaken || !(error instanceof RevocationError) || error.code !== 'foreign_policy') throw error
    }
  }
  if ((await sessions.read()).state.takenOver === 'marks') {
    await sessions.enforce()
    for (const role of roles) await role.write(undefined)
    await sessions.change((current) => ({ ...current, takenOver: 'removed' }))
  }
}

async function takeMarks(options: TakeoverOptions, roles: readonly RolePolicy[]): Promise<void> {
  const { sessions, topic } = options
  const text = await topic.read()
  const texts = await Promise.all(roles.map((role) => role.read()))
  const named = readTopicRolePolicy(text)
  const everybody = new Set([...named.revoked, ...texts.flatMap(readVendorRolePolicy)])
  const keys = [...everybody, ...named.signedOut.map(({ sessionName }) => sessionName)].map(sessionKey)
  for (const sessionName of everybody) await mark(options, sessionName, undefined)
  for (const { sessionName, before } of named.signedOut) await mark(options, sessionName, before)
  await sessions.settle(keys)
  await sessions.change((current) => ({
    ...current,
    ...(named.everybody === undefined ? {} : { everybody: { before: named.everybody, since: 0 } }),
    takenOver: 'marks',
  }))
}

/** An existing mark in the table is kept: it is newer. */
async function mark(
  { table, now, operator, change }: TakeoverOptions,
  sessionName: string,
  before: number | undefined,
): Promise<void> {
  const key = sessionKey(sessionName)
  const updatedBy = await operator()
  const write = (attributes: Attributes | undefined) => {
    const item = attributes === undefined ? newItem({ kind: 'user', name: sessionName }) : readItem(attributes)
    if ((item.revokedAt ?? item.signedOutAt) !== undefined) return undefined
    const after = before === undefined ? revoked(item, now()) : signedOut(item, before)
    return { ...attributes, ...writeItem({ ...after, updatedAt: now(), updatedBy }) }
  }
  await changeItem(table, key, write, change)
}
