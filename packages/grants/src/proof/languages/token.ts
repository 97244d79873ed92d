/**
 * One step of a pattern: a code point or a wildcard. IAM patterns and MQTT filters are both translated to tokens.
 */
export type Token = number | Wildcard

/** One character, or a run of any length, without the characters in `except`. */
export interface Wildcard {
  readonly run: boolean
  readonly except: ReadonlySet<number>
}

/** Represents every character that no pattern distinguishes. Equal to no code point; never in `except`. */
export const anyOther = -1

/** A run of anything: IAM's `*`. */
export const anyRun = wildcard('*')

/** `*` for a run, `?` for one character. */
export function wildcard(kind: '*' | '?', except = ''): Wildcard {
  return { run: kind === '*', except: new Set(codePoints(except)) }
}

export function takes(token: Token, character: number): boolean {
  return typeof token === 'number' ? token === character : !token.except.has(character)
}

export function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) as number)
}
