import type { IAMClient } from '@aws-sdk/client-iam'
import type { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { type AccessKey, roleKey, type Table } from '@topic-credentials/access'
import { checkClientIds, type EndedConnection, endConnections } from './connections.js'
import { RevocationError } from './errors.js'
import { IamRevoker } from './iam-only/iam-revoker.js'
import * as revocations from './iam-only/revocations.js'
import { halfAMinute, iamRole, type Patience } from './roles/role-policy.js'
import { clockError, serverTime } from './roles/server-time.js'
import { vendorRoles } from './roles/vendor-roles.js'
import type { EverybodySignedOut } from './table/sessions/live-sessions.js'
import { TableRevoker } from './table/table-revoker.js'
import { type NamedBy, sessionNameOf } from './user.js'

/** What revoking needs of a stack. */
export interface RevokerOptions {
  /** The stack's output `RoleArn`. */
  readonly roleArn: string
  readonly iam: IAMClient
  /** A client of the stack's `IotEndpoint`; needed to end connections only. */
  readonly iot: IoTDataPlaneClient
  /** The stack's access table. Absent for stacks without one, for which it is done with IAM alone. */
  readonly table?: Table | undefined
  /** Who does it, as the table is to say: an ARN. */
  readonly operator?: (() => Promise<string>) | undefined
  /** How long IAM's late reads are waited for. Default: about half a minute. */
  readonly patience?: Patience | undefined
  /** Told before the sessions of everybody end, because the names of those who are meant do not fit the role's policy. */
  readonly onEverybody?: ((event: EverybodySignedOut) => void) | undefined
  /** Told while the whole table is read: how many items so far. */
  readonly onProgress?: ((items: number) => void) | undefined
}

/** Whom: a user, or everybody who calls with sessions of an IAM role. And which of their connections are known. */
export interface Revocation {
  readonly user?: string | undefined
  readonly namedBy?: NamedBy | undefined
  /** Name of an IAM role, in place of a user. Needs an access table. */
  readonly role?: string | undefined
  /** Client IDs that the user is connected with. AWS lists none, so they come from logs or lifecycle events. */
  readonly clientIds?: readonly string[] | undefined
}

export interface Revoked {
  /** The session name, or `Dev~*` for a role. */
  readonly sessionName: string
  readonly connections: readonly EndedConnection[]
  /** Whether IAM shows already what was written; else it does so later, and `repair` looks again. */
  readonly standing: boolean
}

/** Who is shut out. */
export interface RevocationList extends revocations.Revocations {
  /** IAM roles of which nobody gets credentials. */
  readonly revokedRoles: readonly string[]
  /** Keys of items that cannot be read. To these users nothing is vended. */
  readonly unreadable: readonly string[]
}

/**
 * Shuts users out of one stack.
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
    const { onEverybody, onProgress } = options
    this.#options = options
    this.#now = now
    this.#iam = new IamRevoker({ iam, topicRoleName, now, patience, onEverybody })
    const role = iamRole(iam, topicRoleName)
    const vendors = async () => (await vendorRoles(iam, topicRoleName)).map((name) => iamRole(iam, name))
    this.#table = table && new TableRevoker({ table, role, vendors, now, patience, operator, onEverybody, onProgress })
  }

  /**
   * No access from now on: live sessions are denied everything, new ones are not vended, the known connections are closed. Doing it
   * again does no harm, and closes connections that have come up meanwhile.
   *
   * @throws RevocationError, AccessError; errors of IAM and AWS IoT as the SDK has them
   */
  revoke(revocation: Revocation): Promise<Revoked> {
    return this.#shutOut(
      revocation,
      (table, key) => table.revoke(key),
      (before, sessionName) => revocations.revoke(before, sessionName),
    )
  }

  /**
   * Ends what this user has. With credentials that are vended a few seconds later the user may come back.
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
   * Lets new credentials be vended again. What was issued before, and in the next few seconds, stays denied. Answers whether there was a
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
   * Gives everybody access again and leaves no policy behind, so that the stack can be destroyed: CloudFormation deletes no role
   * that has a policy which it does not know. Answers who was shut out.
   *
   * @throws as {@link revoke}; what it has not written it leaves alone
   */
  async clear(): Promise<RevocationList> {
    if (this.#table === undefined) return { ...(await this.#iam.clear()), ...noRoles }
    const before = await this.list()
    await this.#table.clear()
    return before
  }

  /** Who is shut out, without those whose sessions have ended by themselves. */
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
   * Makes the topic role's Deny anew from the marks in the table. For roles and tables that were changed by hand.
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
      return { key: { kind: 'role', name: role }, sessionName: `${role}~*` }
    }
    const sessionName = sessionNameOf(user ?? '', namedBy)
    return { key: { kind: 'user', name: sessionName }, sessionName }
  }
}

const noRoles = { revokedRoles: [], unreadable: [] }

function wholeSeconds(milliseconds: number) {
  return Math.ceil(milliseconds / 1000) * 1000
}

function namesOf(items: readonly { readonly key: AccessKey; readonly revokedAt?: number }[]): readonly string[] {
  return items.flatMap(({ key, revokedAt }) => (revokedAt === undefined ? [] : [key.name])).sort()
}

function needsTable(what: string): RevocationError {
  return new RevocationError('needs_table', `${what} needs an access table, and this stack has none`, {
    value: what,
    remedy: 'Deploy it without `-c access=file`. Nothing was changed.',
  })
}
