import type { IAMClient } from '@aws-sdk/client-iam'
import type { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { type AccessKey, roleKey, type Table } from '@topic-credentials/access'
import { checkClientIds, type EndedConnection, endConnections } from './connections.js'
import { RevocationError } from './errors.js'
import { IamRevoker } from './iam-only/iam-revoker.js'
import * as revocations from './iam-only/revocations.js'
import { halfAMinute, iamRole, type Patience } from './roles/role-policy.js'
import { clockError, serverTime } from './roles/server-time.js'
import { wholeSeconds } from './roles/session-times.js'
import { vendorRoles } from './roles/vendor-roles.js'
import type { EverybodySignedOut } from './table/sessions/live-sessions.js'
import { TableRevoker } from './table/table-revoker.js'
import { type NamedBy, sessionNameOf } from './user.js'

/** The parts of a stack that revocation needs. */
export interface RevokerOptions {
  /** The stack's output `RoleArn`. */
  readonly roleArn: string
  readonly iam: IAMClient
  /** A client for the stack's `IotEndpoint`; only needed to close connections. */
  readonly iot: IoTDataPlaneClient
  /** The stack's access table. Absent: revocation uses IAM alone. */
  readonly table?: Table | undefined
  /** The stack's output `UserPrefix`: the prefix of every user ID, which session names of a revoked role begin with. Default: none. */
  readonly userPrefix?: string | undefined
  /** ARN of the operator, which is stored in the table. */
  readonly operator?: (() => Promise<string>) | undefined
  /** How long to wait for stale reads of IAM. Default: about half a minute. */
  readonly patience?: Patience | undefined
  /** Called before the sessions of all users are ended, because the names to deny do not fit the role's policy. */
  readonly onEverybody?: ((event: EverybodySignedOut) => void) | undefined
  /** Called with the number of items read so far while the whole table is read. */
  readonly onProgress?: ((items: number) => void) | undefined
}

/** The subject: a user, or all callers with sessions of an IAM role, with their known connections. */
export interface Revocation {
  readonly user?: string | undefined
  readonly namedBy?: NamedBy | undefined
  /** Name of an IAM role, instead of a user. Requires an access table. */
  readonly role?: string | undefined
  /** Client IDs of the user's connections. AWS cannot list them by user, so they come from logs or lifecycle events. */
  readonly clientIds?: readonly string[] | undefined
}

export interface Revoked {
  /** The session name, or `Dev~*` for a role. */
  readonly sessionName: string
  readonly connections: readonly EndedConnection[]
  /** Whether IAM already shows the change; otherwise `repair` verifies it later. */
  readonly standing: boolean
}

/** All revocations. */
export interface RevocationList extends revocations.Revocations {
  /** IAM roles whose callers get no credentials. */
  readonly revokedRoles: readonly string[]
  /** Keys of invalid items. Their users get no credentials. */
  readonly unreadable: readonly string[]
}

/**
 * Revokes the access of users of one stack.
 *
 * @example
 * const revoker = new Revoker({ roleArn, iam: new IAMClient(), iot: new IoTDataPlaneClient({ endpoint }), table })
 * await revoker.revoke({ user: 'alice', clientIds: ['alice:laptop'] })
 */
export class Revoker {
  readonly #options: RevokerOptions
  readonly #table: TableRevoker | undefined
  readonly #iam: IamRevoker
  readonly #now: () => number

  constructor(options: RevokerOptions) {
    const { iam, table, roleArn, operator = async () => 'unknown', patience = halfAMinute } = options
    const topicRoleName = roleArn.slice(roleArn.lastIndexOf('/') + 1)
    const byIam = serverTime(iam)
    const now = table === undefined ? byIam : () => table.now()
    const { onEverybody, onProgress, userPrefix } = options
    this.#options = options
    this.#now = now
    this.#iam = new IamRevoker({ iam, topicRoleName, now, patience, onEverybody })
    const role = iamRole(iam, topicRoleName)
    const vendors = async () => (await vendorRoles(iam, topicRoleName)).map((name) => iamRole(iam, name))
    this.#table =
      table && new TableRevoker({ table, role, userPrefix, vendors, now, patience, operator, onEverybody, onProgress })
  }

  /**
   * Revokes access: existing sessions are denied everything, new ones are not vended, and the known connections are closed. It can be
   * repeated, and then closes connections opened in the meantime.
   *
   * @throws RevocationError, AccessError; errors of IAM and AWS IoT as thrown by the SDK
   */
  revoke(revocation: Revocation): Promise<Revoked> {
    return this.#shutOut(
      revocation,
      (table, key) => table.revoke(key),
      (before, sessionName) => revocations.revoke(before, sessionName),
    )
  }

  /**
   * Ends the user's existing sessions. The user can return with credentials that are vended a few seconds later.
   *
   * @throws as {@link revoke}
   */
  signOut(revocation: Revocation): Promise<Revoked> {
    return this.#shutOut(
      revocation,
      (table, key) => table.signOut(key),
      (before, sessionName) => revocations.signOut(before, sessionName, wholeSeconds(this.#now() + clockError)),
    )
  }

  /**
   * Allows new credentials again. Sessions issued until now or within the next few seconds stay denied. Returns whether there was a
   * revocation.
   */
  async undo(whom: Omit<Revocation, 'clientIds'>): Promise<Omit<Revoked, 'connections'> & { undone: boolean }> {
    const { key, sessionName } = this.#whom(whom)
    if (this.#table !== undefined) {
      const { changed: undone, standing } = await this.#table.undo(key)
      return { sessionName, undone, standing }
    }
    let undone = false
    const standing = await this.#iam.change((before) => {
      undone = before.revoked.includes(sessionName)
      return revocations.restore(before, sessionName, wholeSeconds(this.#now() + clockError))
    })
    return { sessionName, undone, standing }
  }

  /**
   * Removes all revocations and policies, so that the stack can be destroyed: CloudFormation cannot delete a role with a policy that it does
   * not manage. Returns the removed revocations.
   *
   * @throws as {@link revoke}; policies of other programs are not changed
   */
  async clear(): Promise<RevocationList> {
    if (this.#table === undefined) return { ...(await this.#iam.clear()), ...noRoles }
    const before = await this.list()
    await this.#table.clear()
    return before
  }

  /** All revocations, without those whose sessions have ended. */
  async list(): Promise<RevocationList> {
    if (this.#table === undefined) return { ...(await this.#iam.list()), ...noRoles }
    const { items, unreadable } = await this.#table.marked()
    const users = items.filter(({ key }) => key.kind === 'user')
    const signedOut = users.flatMap(({ key, revokedAt, signedOutAt }) =>
      revokedAt !== undefined || signedOutAt === undefined ? [] : [{ sessionName: key.name, before: signedOutAt }],
    )
    const listed = revocations.prune({ revoked: namesOf(users), signedOut }, this.#now())
    return { ...listed, revokedRoles: namesOf(items.filter(({ key }) => key.kind === 'role')), unreadable }
  }

  /**
   * Rebuilds the topic role's Deny from the revocations in the table, for roles and tables that were edited by hand.
   *
   * @throws RevocationError `needs_table`
   */
  async repair(): Promise<{ readonly standing: boolean }> {
    if (this.#table === undefined) throw needsTable('--repair')
    const { standing } = await this.#table.repair()
    return { standing }
  }

  async #shutOut(
    { clientIds = [], ...whom }: Revocation,
    byTable: (table: TableRevoker, key: AccessKey) => Promise<{ readonly standing: boolean }>,
    byIam: (before: revocations.Revocations, sessionName: string) => revocations.Revocations,
  ): Promise<Revoked> {
    const { key, sessionName } = this.#whom(whom)
    if (key.kind === 'user') checkClientIds(sessionName, clientIds)
    const standing =
      this.#table === undefined
        ? await this.#iam.change((before) => byIam(before, sessionName))
        : (await byTable(this.#table, key)).standing
    return { sessionName, standing, connections: await endConnections(this.#options.iot, clientIds) }
  }

  #whom({ user, namedBy, role }: Omit<Revocation, 'clientIds'>): { key: AccessKey; sessionName: string } {
    if (role !== undefined) {
      if (this.#table === undefined) throw needsTable('--role')
      roleKey(role)
      return { key: { kind: 'role', name: role }, sessionName: `${this.#options.userPrefix ?? ''}${role}~*` }
    }
    const sessionName = sessionNameOf(user ?? '', namedBy)
    return { key: { kind: 'user', name: sessionName }, sessionName }
  }
}

const noRoles = { revokedRoles: [], unreadable: [] }

function namesOf(items: readonly { readonly key: AccessKey; readonly revokedAt?: number }[]): readonly string[] {
  return items.flatMap(({ key, revokedAt }) => (revokedAt === undefined ? [] : [key.name])).sort()
}

function needsTable(what: string): RevocationError {
  return new RevocationError('needs_table', `${what} requires an access table, and this stack has none`, {
    value: what,
    remedy: 'Deploy the stack without `-c access=file`. Nothing was changed.',
  })
}
