import type { IAMClient } from '@aws-sdk/client-iam'
import { rolePolicyLimit } from '@topic-credentials/grants'
import { RevocationError } from '../errors.js'
import type { PolicyDocument } from '../roles/policy-document.js'
import { type RolePolicies, readRolePolicies } from '../roles/role-policies.js'
import { iamRole, type Patience, stands } from '../roles/role-policy.js'
import { vendTime, wholeSeconds } from '../roles/session-times.js'
import { vendorRoles } from '../roles/vendor-roles.js'
import type { EverybodySignedOut } from '../table/sessions/live-sessions.js'
import * as revocations from './revocations.js'
import { readTopicRolePolicy, topicRolePolicy } from './topic-role-policy.js'
import { readVendorRolePolicy, vendorRolePolicy } from './vendor-role-policy.js'

export interface IamRevokerOptions {
  readonly iam: IAMClient
  readonly topicRoleName: string
  /** Current time of AWS in milliseconds since the epoch. */
  readonly now: () => number
  readonly patience: Patience
  readonly onEverybody?: ((event: EverybodySignedOut) => void) | undefined
}

type Change = (before: revocations.Revocations) => revocations.Revocations

/** The state of the roles. `named`: the contents of the topic role's policy; `revoked`: all users whom the vendor's roles or the topic role refuse. */
interface Standing {
  readonly named: revocations.Revocations
  readonly revoked: readonly string[]
  readonly topic: RolePolicies
  readonly vendors: readonly RolePolicies[]
}

/**
 * Revocation for stacks without an access table, based on IAM alone. An inline policy of the vending function's role contains the revoked users;
 * one of the topic role contains the denied sessions. IAM has no conditional writes and its reads can be stale, so only one operator can use it
 * at a time.
 */
export class IamRevoker {
  readonly #options: IamRevokerOptions

  constructor(options: IamRevokerOptions) {
    this.#options = options
  }

  /** All revocations, without those whose sessions have ended. */
  async list(): Promise<revocations.Revocations> {
    const { named, revoked } = await this.#read()
    return { ...revocations.prune(named, this.#options.now()), revoked }
  }

  /** Writes the topic role first: its Deny alone refuses all sessions, even if a later write fails. Returns whether IAM shows it. */
  async change(change: Change): Promise<boolean> {
    const { now, iam } = this.#options
    const { named, revoked, topic, vendors } = await this.#read()
    const after = revocations.prune(change({ ...named, revoked }), now())
    // Users whom only the vendor's roles refuse are covered by the statement for all users in the topic role.
    const unnamed = new Set(revoked.filter((name) => !named.revoked.includes(name)))
    const ofTopic = this.#fitting({ ...after, revoked: after.revoked.filter((name) => !unnamed.has(name)) }, topic.room)
    const writes = [
      [topic, topicRolePolicy(ofTopic)] as const,
      ...vendors.map((vendor) => [vendor, vendorRolePolicy(after.revoked)] as const),
    ]
    for (const [policies, document] of writes) checkRoom(policies, document)
    let standing = true
    for (const [{ roleName, own }, document] of writes) {
      if (own === undefined && document === undefined) continue
      const role = iamRole(iam, roleName)
      if (!(await role.write(document))) throw noRoom(roleName, document, 0)
      standing = (await stands(role, document, this.#options.patience)) && standing
    }
    return standing
  }

  /** Clears the topic role last: its Deny alone still refuses all sessions if something fails in between. */
  async clear(): Promise<revocations.Revocations> {
    const { named, revoked, topic, vendors } = await this.#read()
    for (const { roleName, own } of [...vendors, topic]) {
      if (own !== undefined) await iamRole(this.#options.iam, roleName).write(undefined)
    }
    return { ...revocations.prune(named, this.#options.now()), revoked }
  }

  #fitting(wanted: revocations.Revocations, room: number): revocations.Revocations {
    const characters = lengthOf(topicRolePolicy(wanted))
    if (characters <= room) return wanted
    const before = wholeSeconds(this.#options.now() + vendTime)
    const names = wanted.revoked.length + wanted.signedOut.length
    this.#options.onEverybody?.({ before, names, characters, room })
    return revocations.fold(wanted, before)
  }

  async #read(): Promise<Standing> {
    const { iam, topicRoleName } = this.#options
    const names = await vendorRoles(iam, topicRoleName)
    const [topic, ...vendors] = await Promise.all([
      readRolePolicies(iam, topicRoleName),
      ...names.map((name) => readRolePolicies(iam, name)),
    ])
    const named = readTopicRolePolicy(topic.own)
    const refused = vendors.flatMap(({ own }) => readVendorRolePolicy(own))
    return { named, revoked: [...new Set([...named.revoked, ...refused])].sort(), topic, vendors }
  }
}

function checkRoom({ roleName, room }: RolePolicies, document: PolicyDocument | undefined): void {
  if (lengthOf(document) > room) throw noRoom(roleName, document, room)
}

function noRoom(roleName: string, document: PolicyDocument | undefined, room: number): RevocationError {
  const characters = lengthOf(document)
  return new RevocationError(
    'no_room',
    `The revocations need ${characters} characters, but the other inline policies of the role ${roleName} leave only ${room} of ${rolePolicyLimit}`,
    {
      value: characters,
      remedy:
        'Nothing was changed. Disable users at the identity provider, then undo their revocation (--undo): their old sessions stay denied. Stacks with an access table have no such limit.',
    },
  )
}

function lengthOf(document: PolicyDocument | undefined): number {
  return document === undefined ? 0 : JSON.stringify(document).length
}
