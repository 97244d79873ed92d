import { codePoints, type Token, wildcard } from './token.js'

const slash = codePoints('/')

/**
 * The topics that a filter matches: MQTT 5 section 4.7, and AWS's `a/#`, which does not match `a`. Two patterns if the filter begins
 * with a wildcard, which never matches a leading `$`.
 */
export function matchedTopics(filter: string): readonly (readonly Token[])[] {
  const { inner } = splitShare(filter)
  return languages(inner, '')
}

/** The filters that this grant allows subscribing to; `+` covers any level except `#`. */
export function coveredFilters(filter: string): readonly (readonly Token[])[] {
  const { head, inner } = splitShare(filter)
  return languages(inner, '#').map((tokens) => [...codePoints(head), ...tokens])
}

/** All strings with this prefix. */
export function beginningWith(text: string): readonly (readonly Token[])[] {
  return [[...codePoints(text), wildcard('*')]]
}

function languages(filter: string, notInLevel: string): readonly (readonly Token[])[] {
  const [first, ...others] = filter.split('/')
  const rest = others.flatMap((level) => [...slash, ...tokensOf(level, notInLevel)])
  if (first !== '+' && first !== '#') return [[...codePoints(first ?? ''), ...rest]]
  const opening = wildcard('?', first === '+' ? `$/${notInLevel}` : '$')
  return [
    [opening, ...tokensOf(first, notInLevel), ...rest],
    // The level can be empty.
    [...rest],
  ]
}

function tokensOf(level: string, notInLevel: string): readonly Token[] {
  if (level === '#') return [wildcard('*')]
  if (level === '+') return [wildcard('*', `/${notInLevel}`)]
  return codePoints(level)
}

/** Splits `$share/<group>/` from the filter. MQTT 5 section 4.8.2. */
function splitShare(filter: string): { readonly head: string; readonly inner: string } {
  const head = /^\$share\/[^/]*\//u.exec(filter)?.[0] ?? ''
  return { head, inner: filter.slice(head.length) }
}
