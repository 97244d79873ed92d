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
  /** What was not proved, because there is too much of it; and the rules of the first. */
  readonly left: { readonly proofs: number; readonly first: readonly string[] }
  readonly states: number
}

export interface ProofSettings {
  /** Whether policies may take the dense form. @default true */
  readonly dense?: boolean
  /** The topic role's policy, where it is not the one that follows from the entitlements. */
  readonly role?: object
  /**
   * How much work pairs of conditional rules may make: in states, and {@link statesOfCompiling} for each policy. The same file always
   * gets the same answer, however busy the machine is. @default 500,000, some ten seconds
   */
  readonly most?: number
  /** Called before each proof, for a line that says how far it is. */
  readonly progress?: (done: number, all: number) => void
}

/** What compiling a policy counts as. */
const statesOfCompiling = 300
const defaultMost = 500_000
/** Of more sets of conditional rules, each is proved for the plain name and one hostile name in turn. */
const fewSets = 40

/**
 * Proves, for representative users and the sets of rules that one user can hold, that session policy and role allow exactly what is
 * granted; and that no user's own topics can be another's. The sets are each rule, what everybody has, that with each conditional rule, with
 * each two of them that can meet, and with all of them that can. A policy that does not fit is left out: it is refused when it is asked for.
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
  const { everybodys, some, pairs } = ruleSetsOf(entitlements)
  const usersOf = some.length <= fewSets ? representativeUsers : twoUsers
  const forUsers = (sets: readonly (readonly Rule[])[], users: typeof twoUsers) =>
    sets.flatMap((rules, turn) => users(rules, turn).map((user) => ({ rules, user })))
  return {
    sets: [...forUsers(everybodys, representativeUsers), ...forUsers(some, usersOf)],
    pairs: forUsers(pairs, oneUser),
  }
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
