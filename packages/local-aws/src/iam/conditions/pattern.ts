import { type FilledPart, fillTemplate, isFilled, parseTemplate, type VariableLookup } from './variables.js'

/**
 * Tests a value. Undefined: the pattern contains a variable without a value, so there is no result ("might cause the entire statement to be
 * invalid", according to the IAM User Guide).
 */
export type Pattern = (value: string, lookup: VariableLookup) => boolean | undefined

/**
 * `text`: `*` matches any run of characters. `arn`: the same after the fifth colon; in the parts before, `*` and `?` stay within their part,
 * except that a `*` at the end of a part also matches past the colon.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html ("If the * wildcard is the
 *   last character of a resource ARN segment, it can expand to match beyond the colon boundaries")
 */
export type PatternStyle = 'text' | 'arn'

/** Compiles a pattern once, so that matching is cheap. */
export function compilePattern(text: string, style: PatternStyle, variables: boolean): Pattern {
  const parts = parseTemplate(text, variables)
  if (!isFilled(parts)) {
    return (value, lookup) => {
      const filled = fillTemplate(parts, lookup)
      return filled && matcher(tokenize(filled, style))(value)
    }
  }
  const whole = parts.map((part) => part.text).join('')
  if (!parts.some((part) => !part.literal && /[*?]/u.test(part.text))) return (value) => value === whole
  if (whole === '*') return () => true
  return matcher(tokenize(parts, style))
}

// A token is a code point or one of these constants.
const any = -1
const anyInSegment = -2
const one = -3
const oneInSegment = -4

function tokenize(parts: readonly FilledPart[], style: PatternStyle): readonly number[] {
  const tokens: number[] = []
  let colons = style === 'arn' ? 0 : 5
  for (const [index, { text, literal }] of parts.entries()) {
    let at = 0
    for (const character of text) {
      at += character.length
      if (!literal && character === '*') {
        const last = at === text.length && index === parts.length - 1
        tokens.push(colons >= 5 || last || text[at] === ':' ? any : anyInSegment)
      } else if (!literal && character === '?') {
        tokens.push(colons >= 5 ? one : oneInSegment)
      } else {
        tokens.push(character.codePointAt(0) as number)
        if (!literal && character === ':') colons++
      }
    }
  }
  return tokens
}

function matcher(tokens: readonly number[]): (value: string) => boolean {
  if (tokens.includes(anyInSegment)) return (value) => matchInSegments(tokens, value)
  if (tokens.includes(one) || tokens.includes(oneInSegment)) return (value) => matchGreedy(tokens, value)
  return matchStretches(tokens)
}

/** Patterns with `*` only: finds the text between the stars, each as early as possible. Nearly every pattern is of this kind. */
function matchStretches(tokens: readonly number[]): (value: string) => boolean {
  const stretches = ['']
  for (const token of tokens) {
    if (token === any) {
      stretches.push('')
    } else {
      stretches[stretches.length - 1] += String.fromCodePoint(token)
    }
  }
  const [first = '', ...middle] = stretches
  const last = middle.pop()
  if (last === undefined) return (value) => value === first
  return (value) => {
    if (!value.startsWith(first)) return false
    let at = first.length
    for (const stretch of middle) {
      const found = value.indexOf(stretch, at)
      if (found < 0) return false
      at = found + stretch.length
    }
    return value.length - last.length >= at && value.endsWith(last)
  }
}

const colon = 0x3a

function takes(token: number | undefined, codePoint: number): boolean {
  return token === codePoint || token === one || (token === oneInSegment && codePoint !== colon)
}

/** Linear in practice: only the last `*` ever needs to backtrack, because every `*` here matches any character. */
function matchGreedy(tokens: readonly number[], value: string): boolean {
  let at = 0
  let token = 0
  let star = -1
  let resume = 0
  while (at < value.length) {
    const codePoint = value.codePointAt(at) as number
    if (tokens[token] === any) {
      star = token++
      resume = at
    } else if (takes(tokens[token], codePoint)) {
      token++
      at += codePoint > 0xffff ? 2 : 1
    } else if (star >= 0) {
      resume += (value.codePointAt(resume) as number) > 0xffff ? 2 : 1
      at = resume
      token = star + 1
    } else {
      return false
    }
  }
  while (tokens[token] === any) token++
  return token === tokens.length
}

/** Tracks all positions in the pattern at once: if a `*` stops at a colon, an earlier one may have to match more. */
function matchInSegments(tokens: readonly number[], value: string): boolean {
  const isStar = (token: number | undefined) => token === any || token === anyInSegment
  const reach = (places: Set<number>, place: number) => {
    places.add(place)
    for (let next = place; isStar(tokens[next]); next++) places.add(next + 1)
  }
  let places = new Set<number>()
  reach(places, 0)
  for (const character of value) {
    const codePoint = character.codePointAt(0) as number
    const after = new Set<number>()
    for (const place of places) {
      const token = tokens[place]
      if (token === any || (token === anyInSegment && codePoint !== colon)) {
        reach(after, place)
      } else if (takes(token, codePoint)) {
        reach(after, place + 1)
      }
    }
    if (after.size === 0) return false
    places = after
  }
  return places.has(tokens.length)
}
