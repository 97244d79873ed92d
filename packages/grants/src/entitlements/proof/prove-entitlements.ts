import { GrantError } from '../../errors.js'
import type { Grants } from '../../grant-types.js'
import type { IotLocation } from '../../policy/iam/arn.js'
import { type SessionPolicy, sessionPolicy } from '../../policy/session-policy.js'
import { type Proof, prove } from '../../proof/index.js'
import { ceilingOf } from '../ceiling.js'
import type { Entitlements, Rule } from '../entitlements.js'
import { entitledTo } from '../grants-for.js'
import type { User } from '../values.js'
import { type SharedTopic, sharedOwnTopic } from './own-topics.js'
import { representativeUsers } from './representative-users.js'

/** The grants that one user can have from some rules, and the proof of the session policy within the topic role. */
export interface ProvedUser {
  /** The rules: `entitlements[1]` and so on. */
  readonly rules: readonly string[]
  readonly userId: string
  readonly policy: SessionPolicy
  readonly proof: Proof
}

/** The result of the proof of an entitlements file. */
export interface EntitlementsProof {
  readonly proved: readonly ProvedUser[]
  /** The first policy that does not match its grants. */
  readonly wrong: ProvedUser | undefined
  /** A topic that two users would both own. */
  readonly shared: SharedTopic | undefined
  readonly states: number
}

/** With more rule sets than this, each conditional rule is proved for one hostile name in turn, so that hundreds of rules take seconds. */
const fewSets = 40

/**
 * Proves, for representative users and for every set of rules that one user can certainly have, that session policy and role together
 * allow exactly what is granted, and that no topic belongs to two users. Grants that do not fit one policy are skipped: the vendor
 * refuses such a request.
 *
 * @example proveEntitlements(parseEntitlements(document), { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' })
 */
export function proveEntitlements(
  entitlements: Entitlements,
  location: IotLocation,
  options: { readonly dense?: boolean } = {},
): EntitlementsProof {
  const role = ceilingOf(entitlements, location).policy
  const proved: ProvedUser[] = []
  const known = new Set<string>()
  const sets = ruleSets(entitlements)
  for (const [index, rules] of sets.entries()) {
    const isForEverybody = rules.every(({ when }) => when.length === 0)
    for (const user of representativeUsers(rules, isForEverybody || sets.length <= fewSets ? undefined : index)) {
      const grants = grantsOf(rules, user)
      const policy = grants && policyOf(grants, user, location, options)
      if (!grants || !policy || known.has(policy.document)) continue
      known.add(policy.document)
      const proof = prove({ role, session: policy.document }, grants, user.userId, location)
      proved.push({ rules: rules.map(({ place }) => place), userId: user.userId, policy, proof })
    }
  }
  return {
    proved,
    wrong: proved.find(({ proof }) => !('equal' in proof && proof.equal)),
    shared: sharedOwnTopic(
      entitlements,
      representativeUsers(entitlements.rules).map(({ userId }) => userId),
    ),
    states: proved.reduce((sum, { proof }) => sum + proof.states, 0),
  }
}

/** The unconditional rules, each rule by itself, and the unconditional rules with each of the others. */
function ruleSets({ rules }: Entitlements): readonly (readonly Rule[])[] {
  const everyones = rules.filter(({ when }) => when.length === 0)
  const others = rules.filter(({ when }) => when.length > 0)
  return [...rules.map((rule) => [rule]), everyones, ...others.map((rule) => [...everyones, rule])]
}

function grantsOf(rules: readonly Rule[], user: User): Grants | undefined {
  const all = rules.map((rule) => ({ ...rule, when: [] }))
  const { grants, dropped } = entitledTo({ rules: all, singleValued: new Set() }, user)
  // A rule is dropped at vend time for a name that cannot be part of a topic.
  return dropped.length === 0 ? grants : undefined
}

function policyOf(
  grants: Grants,
  { userId }: User,
  location: IotLocation,
  { dense }: { readonly dense?: boolean },
): SessionPolicy | undefined {
  try {
    return sessionPolicy(grants, { userId, ...location, dense })
  } catch (error) {
    if (error instanceof GrantError) return undefined
    throw error
  }
}
