import { isRecord, parseJson } from '../../json.js'
import { ProofError } from '../errors.js'

/** One statement of an IAM policy. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny'
  readonly actions: Patterns
  readonly resources: Patterns
}

/** `Action` or `Resource`; `not` for `NotAction` and `NotResource`. */
export interface Patterns {
  readonly not: boolean
  readonly patterns: readonly string[]
}

/**
 * Reads a policy document, as JSON text or parsed. Supports Allow, Deny, Action, NotAction, Resource, NotResource and Sid, and refuses
 * everything else, because an unsupported element could change the decision.
 *
 * @param place name of the document in error messages
 * @throws ProofError `unknown_form`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readDocument(input: unknown, place: string): readonly PolicyStatement[] {
  const noJson = (reason: string) =>
    new ProofError(place, `not valid JSON: ${reason}`, input, 'Pass the policy document as JSON.')
  const parsed = typeof input === 'string' ? parseJson(input, noJson) : input
  const document = objectOf(parsed, place, ['Version', 'Id', 'Statement'])
  if (document.Version !== '2012-10-17') {
    throw new ProofError(
      `${place}.Version`,
      'only documents of version 2012-10-17 are supported',
      document.Version,
      'Write "Version": "2012-10-17"; without it, IAM treats "${*}" as literal text.',
    )
  }
  const statements: unknown[] = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  return statements.map((statement, index) => readStatement(statement, `${place}.Statement[${index}]`))
}

function readStatement(input: unknown, place: string): PolicyStatement {
  const statement = objectOf(input, place, ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource'])
  const { Effect: effect } = statement
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new ProofError(`${place}.Effect`, 'expected Allow or Deny', effect, 'Correct the statement.')
  }
  const actions = eitherOf(statement, 'Action', place)
  const unknown = actions.patterns.find((action) => !/^(\*|[a-z0-9-]+:[a-z0-9*?]+)$/iu.test(action))
  if (unknown !== undefined) {
    throw new ProofError(`${place}.Action`, 'an action must be "service:Name" or "*"', unknown, 'Correct the action.')
  }
  return { effect, actions, resources: eitherOf(statement, 'Resource', place) }
}

function eitherOf(statement: Readonly<Record<string, unknown>>, key: 'Action' | 'Resource', place: string): Patterns {
  const [given, opposite] = [statement[key], statement[`Not${key}`]]
  const not = given === undefined
  const value = not ? opposite : given
  const patterns: unknown[] = Array.isArray(value) ? value : [value]
  const isReadable = patterns.length > 0 && patterns.every((pattern) => typeof pattern === 'string')
  if (isReadable && (not || opposite === undefined)) return { not, patterns: patterns as string[] }
  throw new ProofError(
    `${place}.${key}`,
    `expected either ${key} or Not${key} with a string or a list of strings`,
    value,
    'Correct the statement.',
  )
}

function objectOf(input: unknown, place: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isRecord(input)) {
    throw new ProofError(place, 'expected an object', input, 'Pass an IAM policy document.')
  }
  const unknown = Object.keys(input).find((key) => !keys.includes(key))
  if (unknown === undefined) return input
  throw new ProofError(
    place,
    `${JSON.stringify(unknown)} is not supported`,
    unknown,
    `The prover supports ${keys.join(', ')}. Remove the other keys; this policy cannot be proved with them.`,
  )
}
