import { BlockList, isIP } from 'node:net'
import { compilePattern, type Pattern } from './pattern.js'
import { fillTemplate, isFilled, parseTemplate } from './variables.js'

/** Compiles one value of a policy's condition; the result tests values of the request. */
export interface ConditionOperator {
  /** `…Not…`: matches if no value matches, and if the key is absent. */
  readonly negated: boolean
  readonly compile: (value: string, variables: boolean) => Pattern
}

function equalText(normalize: (text: string) => string): ConditionOperator['compile'] {
  return (value, variables) => {
    const parts = parseTemplate(value, variables)
    const join = (filled: readonly { text: string }[]) => normalize(filled.map((part) => part.text).join(''))
    if (isFilled(parts)) {
      const expected = join(parts)
      return (actual) => normalize(actual) === expected
    }
    return (actual, lookup) => {
      const filled = fillTemplate(parts, lookup)
      return filled && normalize(actual) === join(filled)
    }
  }
}

const like: ConditionOperator['compile'] = (value, variables) => compilePattern(value, 'text', variables)

/** Each of the six parts of an ARN is compared separately; ArnEquals and ArnLike are equivalent. */
const likeArn: ConditionOperator['compile'] = (value, variables) => {
  if (value === '*') return (actual) => splitArn(actual) !== undefined
  const patterns = splitArn(value)?.map((part) => compilePattern(part, 'text', variables))
  return (actual, lookup) => {
    const parts = splitArn(actual)
    if (!patterns || !parts) return false
    const results = patterns.map((pattern, index) => pattern(parts[index] as string, lookup))
    return results.includes(false) ? false : results.includes(undefined) ? undefined : true
  }
}

/** Colons inside `${…}` belong to a variable's name; the sixth part contains all further colons. */
function splitArn(text: string): string[] | undefined {
  const parts = text.match(/(?:\$\{[^}]*\}|[^:])*(?::|$)/gu) ?? []
  if (parts.length < 6) return undefined
  return [...parts.slice(0, 5).map((part) => part.slice(0, -1)), parts.slice(5).join('')]
}

function compare(
  read: (text: string) => number,
  holds: (actual: number, expected: number) => boolean,
): ConditionOperator['compile'] {
  return (value) => {
    const expected = read(value)
    // Comparisons with NaN are always false, so a value that is not a number matches nothing.
    return (actual) => holds(read(actual), expected)
  }
}

function readNumber(text: string) {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/u.test(text.trim()) ? Number(text) : Number.NaN
}

/** ISO 8601 in the profile of the W3C note, or seconds since the epoch. */
function readDate(text: string) {
  if (/^\d{5,}$/u.test(text)) return Number(text) * 1000
  return /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/u.test(text)
    ? Date.parse(/T.*\d$/u.test(text) && !/[+-]\d\d:?\d\d$/u.test(text.slice(10)) ? `${text}Z` : text)
    : Number.NaN
}

const equalBool: ConditionOperator['compile'] = (value) => (actual) =>
  /^(true|false)$/iu.test(value) && actual.toLowerCase() === value.toLowerCase()

const inNetwork: ConditionOperator['compile'] = (value) => {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/u.exec(value) ?? []
  const version = isIP(address)
  const widest = version === 4 ? 32 : 128
  const bits = Number(prefix ?? widest)
  if (version === 0 || bits > widest) return () => false
  const network = new BlockList()
  network.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6')
  return (actual) => isIP(actual) === version && network.check(actual, version === 4 ? 'ipv4' : 'ipv6')
}

function plain(compile: ConditionOperator['compile']): ConditionOperator {
  return { negated: false, compile }
}
function negated(compile: ConditionOperator['compile']): ConditionOperator {
  return { negated: true, compile }
}
function ordered(kind: 'Numeric' | 'Date', read: (text: string) => number): [string, ConditionOperator][] {
  return [
    [`${kind}Equals`, plain(compare(read, (a, b) => a === b))],
    [`${kind}NotEquals`, negated(compare(read, (a, b) => a === b))],
    [`${kind}LessThan`, plain(compare(read, (a, b) => a < b))],
    [`${kind}LessThanEquals`, plain(compare(read, (a, b) => a <= b))],
    [`${kind}GreaterThan`, plain(compare(read, (a, b) => a > b))],
    [`${kind}GreaterThanEquals`, plain(compare(read, (a, b) => a >= b))],
  ]
}

/**
 * Every operator but `Null`, by its name in lower case.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const conditionOperators: ReadonlyMap<string, ConditionOperator> = new Map(
  (
    [
      ['StringEquals', plain(equalText((text) => text))],
      ['StringNotEquals', negated(equalText((text) => text))],
      ['StringEqualsIgnoreCase', plain(equalText((text) => text.toLowerCase()))],
      ['StringNotEqualsIgnoreCase', negated(equalText((text) => text.toLowerCase()))],
      ['StringLike', plain(like)],
      ['StringNotLike', negated(like)],
      ['ArnEquals', plain(likeArn)],
      ['ArnLike', plain(likeArn)],
      ['ArnNotEquals', negated(likeArn)],
      ['ArnNotLike', negated(likeArn)],
      ...ordered('Numeric', readNumber),
      ...ordered('Date', readDate),
      ['Bool', plain(equalBool)],
      ['BinaryEquals', plain((value) => (actual) => actual === value)],
      ['IpAddress', plain(inNetwork)],
      ['NotIpAddress', negated(inNetwork)],
    ] satisfies [string, ConditionOperator][]
  ).map(([name, operator]) => [name.toLowerCase(), operator]),
)
