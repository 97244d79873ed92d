import type { Node } from 'constructs'
import leven from 'leven'
import { SettingError } from './setting-error.js'

/** Context keys that belong to the CDK: feature flags, lookups and settings of its command line. */
const ofTheCdk = /[:/@]|^(cli-telemetry|acknowledged-issue-numbers|tree)$/u

/** The settings that were given, without what belongs to the CDK. */
export function givenSettings(node: Node): Readonly<Record<string, unknown>> {
  const all = Object.entries(node.getAllContext() as Readonly<Record<string, unknown>>)
  return Object.fromEntries(all.filter(([name]) => !ofTheCdk.test(name)))
}

/** The settings in a CDK context. A value given with `-c` is a string; in `cdk.json` it may be a number, a boolean or a list. */
export class Context {
  readonly #node: Node
  readonly #asked = new Set<string>()

  constructor(node: Node) {
    this.#node = node
  }

  /** @param pattern the required format, described by `expected` (inserted after "Set it to") */
  text(name: string, pattern?: RegExp, expected = 'a value'): string | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    const given = typeof value === 'boolean' || typeof value === 'number' ? String(value) : value
    if (typeof given === 'string' && given.trim() !== '' && (pattern?.test(given.trim()) ?? true)) return given.trim()
    throw invalid(name, value, expected)
  }

  /** Members are separated by commas; spaces around them are ignored. */
  list(name: string): string[] | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    const members: unknown[] = Array.isArray(value) ? value : String(value).split(',')
    const texts = members.map((member) => (typeof member === 'string' ? member.trim() : ''))
    if (texts.length > 0 && !texts.includes('')) return texts
    throw invalid(name, value, 'a comma-separated list without empty members')
  }

  number(name: string, { minimum, maximum }: { minimum: number; maximum: number }): number | undefined {
    const expected = `an integer from ${minimum} to ${maximum}`
    const value = this.text(name, /^(0|[1-9]\d{0,8})$/u, expected)
    if (value === undefined || (Number(value) >= minimum && Number(value) <= maximum)) {
      return value === undefined ? undefined : Number(value)
    }
    throw invalid(name, value, expected)
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.text(name)
    const known = values.find((candidate) => candidate === value)
    if (value === undefined || known !== undefined) return known
    throw invalid(name, value, values.join(' or '))
  }

  flag(name: string): boolean | undefined {
    const value = this.oneOf(name, ['true', 'false'])
    return value === undefined ? undefined : value === 'true'
  }

  /**
   * A setting that was never read is a typo. Without an error, `-c jwtScopes=mqtt` would open the API to tokens of any scope.
   *
   * @throws SettingError `unknown_setting`, suggesting the closest name
   */
  refuseUnknown(): void {
    const unknown = Object.keys(givenSettings(this.#node)).find((name) => !this.#asked.has(name))
    if (unknown === undefined) return
    const [nearest = ''] = [...this.#asked].sort((a, b) => distance(a, unknown) - distance(b, unknown))
    throw new SettingError(
      'unknown_setting',
      unknown,
      this.#node.tryGetContext(unknown),
      `Did you mean '${nearest}'? infra/README.md lists all settings.`,
    )
  }

  #value(name: string): unknown {
    this.#asked.add(name)
    return this.#node.tryGetContext(name)
  }
}

function distance(a: string, b: string): number {
  return leven(a.toLowerCase(), b.toLowerCase().replaceAll(/[-_]/gu, ''))
}

export function invalid(name: string, value: unknown, expected: string): SettingError {
  return new SettingError('invalid_setting', name, value, `Set it to ${expected}.`)
}
