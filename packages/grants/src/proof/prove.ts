import type { Grants } from '../grant-types.js'
import { clientIdPrefix } from '../user-id.js'
import { Actions, type OwnedStatement } from './actions.js'
import { hasOpenParts, isWildInType, type Reading, resourceTokens } from './documents/arn-pattern.js'
import { readDocument } from './documents/document.js'
import type { Automaton } from './languages/automaton.js'
import { explore, type Outcome } from './languages/exploration.js'
import { Languages } from './languages/languages.js'
import { PatternSet } from './languages/pattern-set.js'
import { codePoints, type Token } from './languages/token.js'
import type { Location } from './names/places.js'
import { type NamesInQuestion, questions } from './questions.js'

/** The policies that IAM evaluates, each as JSON text or parsed. */
export interface Policies {
  /** The role's own policy, or a list of them. */
  readonly role: unknown
  readonly session: unknown
}

/** Settings of {@link prove}. */
export interface ProofOptions extends Partial<Location> {
  /** Maximum number of states before the proof is abandoned. @default 100,000 */
  readonly limit?: number
}

/** The result of {@link prove}. */
export type Proof =
  | {
      /** IAM allows exactly the grants, for every name that AWS IoT accepts. */
      readonly equal: true
      readonly states: number
      /**
       * Whether the proof requires that a wildcard in place of a resource type matches. If IAM followed AWS's documentation to the
       * letter, it would allow less, and nothing more. This is proved as well.
       */
      readonly usesWildTypes: boolean
    }
  | Counterexample
  | { readonly undecided: true; readonly states: number }

/** The shortest name on which IAM and the grants differ. */
export interface Counterexample {
  readonly equal: false
  /** An action of MQTT, or another action that is allowed. */
  readonly action: string
  /** Topic, topic filter or client ID; an ARN for another Region, account or action. */
  readonly name: string
  readonly allowed: boolean
  readonly granted: boolean
  /** The reading of the policies in which it differs; the policies must be correct in every possible reading. */
  readonly reading: Reading
  readonly states: number
}

/**
 * Decides whether these policies allow a session exactly the grants, for every name that AWS IoT accepts, of any length.
 * Interprets the documents as IAM does and the grants as MQTT does, and searches the product of both.
 *
 * @throws ProofError if a document has an unsupported form; GrantError `invalid_user_id`
 * @see docs/proof.md
 * @example
 * prove({ role, session: sessionPolicy(grants, { userId }).document }, grants, userId) // { equal: true, states: 431, … }
 */
export function prove(policies: Policies, grants: Grants, userId: string, options: ProofOptions = {}): Proof {
  const { found, undecided, states, usesWildTypes } = walk(policies, grants, userId, options, true)
  const [counterexample] = found
  if (counterexample) return counterexample
  return undecided ? { undecided: true, states } : { equal: true, states, usesWildTypes }
}

/**
 * Like {@link prove}, with a counterexample for each action that differs, for a person who repairs a policy.
 *
 * @throws ProofError, GrantError as {@link prove}
 */
export function differences(
  policies: Policies,
  grants: Grants,
  userId: string,
  options: ProofOptions = {},
): Differences {
  return walk(policies, grants, userId, options, false)
}

/** The result of {@link differences}. */
export interface Differences {
  /** One for each action, each with a shortest name. */
  readonly found: readonly Counterexample[]
  /** Whether the search was abandoned. */
  readonly undecided: boolean
  readonly states: number
  readonly usesWildTypes: boolean
}

function walk(
  policies: Policies,
  grants: Grants,
  userId: string,
  options: ProofOptions,
  isFirstEnough: boolean,
): Differences {
  const { partition = 'aws', region = 'eu-west-1', accountId = '123456789012', limit = 100_000 } = options
  const location = { partition, region, accountId }
  const roles: readonly unknown[] = Array.isArray(policies.role) ? policies.role : [policies.role]
  const statements = [
    ...roles.flatMap((role, index) => owned('role', role, roles.length === 1 ? 'role' : `role[${index}]`)),
    ...owned('session', policies.session, 'session'),
  ]
  const actions = new Actions(statements)
  let states = 0
  const readings = readingsOf(statements)
  const usesWildTypes = readings.some(({ typesMayBeWild }) => !typesMayBeWild)
  const asked = [...questions(actions, grants, clientIdPrefix(userId), location)]
  const found = new Map<string, Counterexample>()
  const answer = (undecided: boolean): Differences => ({ found: [...found.values()], undecided, states, usesWildTypes })
  for (const reading of readings) {
    const resources = patternsOf(statements, reading)
    for (const { action, ...question } of asked) {
      if (found.has(action)) continue
      const outcome = ask({ ...question, resources, reading }, limit - states)
      states += outcome.states
      if (outcome.undecided) return answer(true)
      if (outcome.found) found.set(action, { equal: false, action, ...outcome.found, reading, states })
      if (outcome.found && isFirstEnough) return answer(false)
    }
  }
  return answer(false)
}

function owned(owner: OwnedStatement['owner'], document: unknown, place: string): OwnedStatement[] {
  return readDocument(document, place).map((statement, index) => ({
    ...statement,
    owner,
    place: `${place}.Statement[${index}].Resource`,
  }))
}

/** The readings that can give different results for these policies. */
function readingsOf(statements: readonly OwnedStatement[]): readonly Reading[] {
  const some = (test: (pattern: string, place: string) => boolean) =>
    statements.some(({ resources, place }) => resources.patterns.some((pattern) => test(pattern, place)))
  const colons = some(hasOpenParts) ? [true, false] : [false]
  const types = some(isWildInType) ? [true, false] : [true]
  return types.flatMap((typesMayBeWild) =>
    colons.map((starsCrossColons): Reading => ({ starsCrossColons, typesMayBeWild })),
  )
}

interface Answer {
  readonly states: number
  readonly undecided?: true
  readonly found?: Pick<Counterexample, 'name' | 'allowed' | 'granted'>
}

/** The patterns of each statement's resources in one reading. */
type ResourcePatterns = ReadonlyMap<OwnedStatement, readonly (readonly Token[])[]>

function patternsOf(statements: readonly OwnedStatement[], reading: Reading): ResourcePatterns {
  return new Map(
    statements.map((statement) => {
      const { resources, place } = statement
      const patterns = resources.patterns.map((pattern) => resourceTokens(pattern, reading, place))
      return [statement, patterns.filter((tokens) => tokens !== undefined)]
    }),
  )
}

function ask(
  question: NamesInQuestion & { readonly resources: ResourcePatterns; readonly reading: Reading },
  limit: number,
): Answer {
  const { names, deeperNames, reserved, statements, head, granted, resources, reading } = question
  const languages = new Languages()
  languages.add(
    'granted',
    granted.map((tokens) => [...codePoints(head), ...tokens]),
  )
  for (const statement of statements) {
    const allows = statement.owner === 'role' ? 'roleAllows' : 'sessionAllows'
    const category = statement.effect === 'Deny' ? 'denies' : allows
    languages.add(category, resources.get(statement) ?? [], statement.resources.not)
  }
  const patterns = new PatternSet(languages.patterns)
  let start = patterns.start()
  for (const character of codePoints(head)) start = patterns.advance(start, character)
  const walk = (over: Automaton, most: number): Outcome =>
    explore(
      {
        names: over,
        reserved,
        patterns,
        start,
        differs(accepted, isReserved) {
          const isGranted = !isReserved && languages.isGranted(accepted)
          const isAllowed = languages.isAllowed(accepted)
          // If wild types match nothing, less can be allowed; see usesWildTypes.
          return reading.typesMayBeWild ? isAllowed !== isGranted : isAllowed && !isGranted
        },
        reduce: (place, isReserved, isThorough) =>
          languages.reduce(patterns, place, { grantsMatter: !isReserved, isThorough }),
      },
      most,
    )
  const first = walk(deeperNames ?? names, limit)
  const isCounter = 'found' in first && first.found
  const second = deeperNames && isCounter ? walk(names, limit - first.states) : undefined
  const states = first.states + (second?.states ?? 0)
  const outcome = second ?? first
  if ('undecided' in outcome) return { undecided: true, states }
  if (!outcome.found) return { states }
  const { name, accepted, isReserved } = outcome.found
  const granting = !isReserved && languages.isGranted(accepted)
  return { states, found: { name, allowed: languages.isAllowed(accepted), granted: granting } }
}
