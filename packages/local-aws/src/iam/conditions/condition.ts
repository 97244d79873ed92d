import type { ContextLookup } from './context.js'
import { type ConditionOperator, conditionOperators } from './operators.js'

/** `{ StringLike: { 'aws:userid': ['*:alice'] } }`: every value a list of strings. */
export type ConditionElement = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** Evaluates the whole Condition element: all operators and all keys must match, and at least one value of each key. */
export type Condition = (context: ContextLookup) => boolean

/** Parses `ForAllValues:StringLikeIfExists`; undefined for an unknown operator. */
export function parseOperator(name: string): ParsedOperator | undefined {
  const [, set = '', base = '', suffix] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/iu.exec(name) ?? []
  const quantifier = set === '' ? 'one' : set.toLowerCase() === 'forallvalues' ? 'all' : 'any'
  if (base.toLowerCase() === 'null') return set === '' && suffix === undefined ? 'Null' : undefined
  const operator = conditionOperators.get(base.toLowerCase())
  return operator && { operator, quantifier, ifExists: suffix !== undefined }
}

type ParsedOperator =
  | 'Null'
  | { readonly operator: ConditionOperator; readonly quantifier: 'one' | 'all' | 'any'; readonly ifExists: boolean }

export function compileCondition(element: ConditionElement | undefined, variables: boolean): Condition {
  const checks = Object.entries(element ?? {}).flatMap(([name, block]) => {
    const parsed = parseOperator(name)
    // Documents are validated before they are compiled; a statement with an unknown operator would never apply.
    if (!parsed) return [() => false]
    return Object.entries(block).map(([key, values]) =>
      parsed === 'Null' ? checkNull(key, values) : checkKey(parsed, key, values, variables),
    )
  })
  return (context) => checks.every((check) => check(context))
}

function checkNull(key: string, values: readonly string[]): Condition {
  return (context) => {
    const absent = String(context.values(key) === undefined)
    return values.some((value) => value.toLowerCase() === absent)
  }
}

function checkKey(
  { operator, quantifier, ifExists }: Exclude<ParsedOperator, 'Null'>,
  key: string,
  values: readonly string[],
  variables: boolean,
): Condition {
  const patterns = values.map((value) => operator.compile(value, variables))
  return (context) => {
    const actual = context.values(key)
    // An absent key: true for ForAllValues, false for ForAnyValue; negated operators match, others do not.
    if (!actual) return ifExists || (quantifier === 'one' ? operator.negated : quantifier === 'all')
    const matches = (value: string): boolean | undefined => {
      const results = patterns.map((pattern) => pattern(value, context.variable))
      return results.includes(true) ? true : results.includes(undefined) ? undefined : false
    }
    // A condition with an unresolved variable never matches, negated or not.
    const holds = (value: string) => matches(value) === !operator.negated
    if (quantifier === 'all') return actual.every(holds)
    if (quantifier === 'any') return actual.some(holds)
    return operator.negated ? actual.every(holds) : actual.some(holds)
  }
}
