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
import { oneUser, representativeUsers, twoUsers } from './representative-users.js'
import { ruleSetsOf } from './rule-sets.js'

/** The proof for one user with some of the rules: its session policy within the topic role allows exactly the grants. */
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
  /** A topic that belongs to two users. */
  readonly shared: SharedTopic | undefined
  /** The number of proofs beyond the limit, which were not made, and the rules of the first of them. */
  readonly left: { readonly proofs: number; readonly first: readonly string[] }
  readonly states: number
}

export interface ProofSettings {
  /** Whether policies may take the dense form. @default true */
  readonly dense?: boolean
  /** The topic role's policy, if it is not the one that follows from the entitlements. */
  readonly role?: object
  /**
   * Limit for the proofs of pairs of conditional rules: the number of states, plus {@link statesOfCompiling} for each policy. It is not a
   * time, so that a file gives the same result on a busy machine. @default 500,000, about ten seconds
   */
  readonly most?: number
  /** Called before each proof, to show the progress. */
  readonly progress?: (done: number, all: number) => void
}

/** The number of states that count for compiling one policy. */
const statesOfCompiling = 300
const defaultMost = 500_000
/** Above this number of sets with conditional rules, each set is proved for only two names: the plain one and one hostile one. */
const fewSets = 40

/**
 * Proves for representative users that session policy and role allow exactly the grants, and that no topic belongs to two users. It covers
 * the sets of rules that one user can have: each rule, all rules without a condition, and these together with each conditional rule, with
 * each possible pair of them, and with all that are possible together. Policies that do not fit are skipped: the vendor refuses them.
 *
 * @example proveEntitlements(parseEntitlements(document), { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' })
 */
export function proveEntitlements(
  entitlements: Entitlements,
  location: IotLocation,
  settings: ProofSettings = {},
): EntitlementsProof {
  const { role = ceilingOf(entitlements, location).policy, most = defaultMost, progress } = settings
  const { sets, pairs } = proofsToMake(entitlements)
  const todo = [...sets, ...pairs]
  const proved: ProvedUser[] = []
  const known = new Set<string>()
  let [done, states, spent] = [0, 0, 0]
  for (const { rules, user } of todo) {
    if (done >= sets.length && spent > most) break
    progress?.(done, todo.length)
    done++
    const grants = grantsOf(rules, user)
    const policy = grants && policyOf(grants, user, location, settings)
    if (done > sets.length) spent += statesOfCompiling
    const key = JSON.stringify([policy?.document, grants])
    if (!grants || !policy || known.has(key)) continue
    known.add(key)
    const proof = prove({ role, session: policy.document }, grants, user.userId, location)
    proved.push({ rules: rules.map(({ place }) => place), userId: user.userId, policy, proof })
    states += proof.states
    if (done > sets.length) spent += proof.states
  }
  return {
    proved,
    wrong: proved.find(({ proof }) => !('equal' in proof && proof.equal)),
    shared: sharedOwnTopic(
      entitlements,
      representativeUsers(entitlements.rules).map(({ userId }) => userId),
    ),
    left: { proofs: todo.length - done, first: todo[done]?.rules.map(({ place }) => place) ?? [] },
    states,
  }
}

interface ProofToMake {
  readonly rules: readonly Rule[]
  readonly user: User
}

function proofsToMake(entitlements: Entitlements): Readonly<Record<'sets' | 'pairs', readonly ProofToMake[]>> {
  const { unconditional, conditional, pairs } = ruleSetsOf(entitlements)
  const usersOf = conditional.length <= fewSets ? representativeUsers : twoUsers
  const forUsers = (sets: readonly (readonly Rule[])[], users: typeof twoUsers) =>
    sets.flatMap((rules, turn) => users(rules, turn).map((user) => ({ rules, user })))
  return {
    sets: [...forUsers(unconditional, representativeUsers), ...forUsers(conditional, usersOf)],
    pairs: forUsers(pairs, oneUser),
  }
}

function grantsOf(rules: readonly Rule[], user: User): Grants | undefined {
  const all = rules.map((rule) => ({ ...rule, when: [] }))
  const { grants, dropped } = entitledTo({ rules: all, singleValued: new Set() }, user)
  // The vendor drops a rule for a user ID that cannot be part of a topic.
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
