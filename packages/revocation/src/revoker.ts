import type { IAMClient } from '@aws-sdk/client-iam'
import type { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { checkClientIds, type EndedConnection, endConnections } from './connections.js'
import * as revocations from './revocations.js'
import { checkRoom, type RolePolicies, readRolePolicies, writeRolePolicy } from './role-policies.js'
import { serverTime } from './server-time.js'
import { readTopicRolePolicy, topicRolePolicy } from './topic-role-policy.js'
import { type NamedBy, sessionNameOf } from './user.js'
import { readVendorRolePolicy, vendorRolePolicy } from './vendor-role-policy.js'
import { vendorRoles } from './vendor-roles.js'

/** What revoking needs of a stack. */
export interface RevokerOptions {
  /** The stack's output `RoleArn`. */
  readonly roleArn: string
  readonly iam: IAMClient
  /** A client of the stack's `IotEndpoint`; needed to end connections only. */
  readonly iot: IoTDataPlaneClient
}

/** Whom, and which of their connections are known. */
export interface Revocation {
  readonly user: string
  readonly namedBy?: NamedBy | undefined
  /** Client IDs that the user is connected with. AWS lists none, so they come from logs or lifecycle events. */
  readonly clientIds?: readonly string[] | undefined
}

export interface Revoked {
  readonly sessionName: string
  readonly connections: readonly EndedConnection[]
}

/**
 * Shuts users out of one stack. Its state is in IAM alone: an inline policy `Revocations` on the topic role and on the vending
 * function's role. One operator at a time: IAM has no conditional write, so of two that write in the same moment one is lost.
 *
 * @example
 * const revoker = new Revoker({ roleArn, iam: new IAMClient(), iot: new IoTDataPlaneClient({ endpoint }) })
 * await revoker.revoke({ user: 'alice', clientIds: ['alice:laptop'] })
 */
export class Revoker {
  readonly #options: RevokerOptions
  readonly #roleName: string
  readonly #now: () => number

  constructor(options: RevokerOptions) {
    this.#options = options
    this.#roleName = options.roleArn.slice(options.roleArn.lastIndexOf('/') + 1)
    this.#now = serverTime(options.iam)
  }

  /**
   * No access for this user from now on: live sessions are denied everything, new ones are refused by STS, the known connections
   * are closed. Doing it again does no harm, and closes connections that have come up meanwhile.
   *
   * @throws RevocationError; errors of IAM and AWS IoT as the SDK has them
   */
  revoke({ user, namedBy, clientIds = [] }: Revocation): Promise<Revoked> {
    const sessionName = sessionNameOf(user, namedBy)
    return this.#shutOut(sessionName, clientIds, (before) => revocations.revoke(before, sessionName))
  }

  /**
   * Ends what this user has. With credentials that are vended a few seconds later the user may come back.
   *
   * @throws as {@link revoke}
   */
  signOut({ user, namedBy, clientIds = [] }: Revocation): Promise<Revoked> {
    const sessionName = sessionNameOf(user, namedBy)
    return this.#shutOut(sessionName, clientIds, (before) =>
      revocations.signOut(before, sessionName, wholeSeconds(this.#now() + clockError)),
    )
  }

  /** Lets this user have new credentials again. What was issued before stays denied. Answers whether there was a revocation. */
  async undo({ user, namedBy }: Omit<Revocation, 'clientIds'>): Promise<{ sessionName: string; undone: boolean }> {
    const sessionName = sessionNameOf(user, namedBy)
    let undone = false
    await this.#change((before) => {
      undone = before.revoked.includes(sessionName)
      return revocations.restore(before, sessionName, wholeSeconds(this.#now()))
    })
    return { sessionName, undone }
  }

  /**
   * Gives everybody access again and leaves no policy behind, so that the stack can be destroyed: CloudFormation deletes no role
   * that has a policy which it does not know. Answers who was shut out.
   *
   * @throws as {@link revoke}; what it has not written it leaves alone
   */
  async clear(): Promise<revocations.Revocations> {
    const { before, topic, vendors } = await this.#read()
    // The topic role last: its Deny alone keeps everybody out, if something fails on the way.
    for (const policies of [...vendors, topic]) await writeRolePolicy(this.#options.iam, policies, undefined)
    return revocations.prune(before, this.#now())
  }

  /** Who is shut out, without those whose sessions have ended by themselves. */
  async list(): Promise<revocations.Revocations> {
    const { before } = await this.#read()
    return revocations.prune(before, this.#now())
  }

  async #shutOut(
    sessionName: string,
    clientIds: readonly string[],
    change: (before: revocations.Revocations) => revocations.Revocations,
  ): Promise<Revoked> {
    checkClientIds(sessionName, clientIds)
    await this.#change(change)
    return { sessionName, connections: await endConnections(this.#options.iot, clientIds) }
  }

  /** The topic role first: its Deny alone leaves nobody in, whatever fails after it. */
  async #change(change: (before: revocations.Revocations) => revocations.Revocations): Promise<void> {
    const { iam, roleArn } = this.#options
    const { before, topic, vendors } = await this.#read()
    const after = revocations.prune(change(before), this.#now())
    const writes: [RolePolicies, ReturnType<typeof topicRolePolicy>][] = [
      [topic, topicRolePolicy(after)],
      ...vendors.map((vendor): [RolePolicies, ReturnType<typeof topicRolePolicy>] => [
        vendor,
        vendorRolePolicy(after.revoked, roleArn),
      ]),
    ]
    for (const [policies, document] of writes) checkRoom(policies, document)
    for (const [policies, document] of writes) await writeRolePolicy(iam, policies, document)
  }

  async #read(): Promise<{
    before: revocations.Revocations
    topic: RolePolicies
    vendors: readonly RolePolicies[]
  }> {
    const { iam, roleArn } = this.#options
    const names = await vendorRoles(iam, this.#roleName)
    const [topic, ...vendors] = await Promise.all([
      readRolePolicies(iam, this.#roleName),
      ...names.map((name) => readRolePolicies(iam, name)),
    ])
    // Read only to find out whether it is ours to replace; what it says follows from the topic role's.
    for (const { own } of vendors) readVendorRolePolicy(own, roleArn)
    return { before: readTopicRolePolicy(topic.own), topic, vendors }
  }
}

/** Milliseconds that {@link serverTime} may be behind: a session issued just now must not be missed. */
const clockError = 2000

function wholeSeconds(milliseconds: number) {
  return Math.ceil(milliseconds / 1000) * 1000
}
