import { parseSubscription } from '../topic-filter.js'
import { type Glob, includesGlob, STAR } from './glob.js'

/** What a grant is about: the topics that its filter matches, or the filters that it covers. */
export type NameType = 'topic' | 'topicfilter'

// A set of names is a list of tokens: a code unit, or one of these.
const anything = -1
const level = -2
/** The first character that a leading `+` or `#` takes: no `$`, no `/`. */
const openingOfLevel = -3
const openingOfAnything = -4

/**
 * Is there a name that the glob matches and the filter reaches? (As a `topic`: matches; as a `topicfilter`: covers.) A Deny on the
 * glob would take that name away. Works on characters, as IAM does, and not on levels, as MQTT does.
 */
export function cuts(glob: Glob, filter: string, type: NameType): boolean {
  if (!/[+#]/u.test(filter)) return includesGlob(glob, type === 'topic' ? parseSubscription(filter).filter : filter)
  return nameSets(filter, type).some((tokens) => meet(glob, tokens, type))
}

/** The filter's names as token lists; more than one where a leading wildcard must not begin with `$`. */
function nameSets(text: string, type: NameType): readonly (readonly number[])[] {
  const { group, filter } = parseSubscription(text)
  const prefix = type === 'topicfilter' && group !== undefined ? characters(`$share/${group}/`) : []
  const tokens = filter.split('/').flatMap((part, index) => {
    const token = part === '+' ? [level] : part === '#' ? [anything] : characters(part)
    return index === 0 ? token : [slash, ...token]
  })
  const first = tokens[0]
  if (first !== level && first !== anything) return [[...prefix, ...tokens]]
  const empty = first === level ? tokens.slice(1) : [slash, anything]
  return [
    [...prefix, ...empty],
    [...prefix, first === level ? openingOfLevel : openingOfAnything, ...tokens],
  ]
}

function characters(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
}

const slash = 0x2f
const dollar = 0x24
const hash = 0x23

/** Do the two have a word in common? Explores the pairs of places, each once. */
function meet(glob: Glob, tokens: readonly number[], type: NameType): boolean {
  const width = tokens.length + 1
  const seen = new Set<number>()
  const open: [number, number][] = [[0, 0]]
  const visit = (inGlob: number, inTokens: number) => {
    const key = inGlob * width + inTokens
    if (!seen.has(key)) {
      seen.add(key)
      open.push([inGlob, inTokens])
    }
  }
  for (let place = open.pop(); place; place = open.pop()) {
    const [inGlob, inTokens] = place
    if (inGlob === glob.length && inTokens === tokens.length) return true
    const token = tokens[inTokens]
    if (token === anything || token === level) visit(inGlob, inTokens + 1)
    if (inGlob === glob.length) continue
    if (glob[inGlob] === STAR) {
      visit(inGlob + 1, inTokens)
      if (token !== undefined) visit(inGlob, inTokens + 1)
    } else if (token !== undefined && takes(token, glob.charCodeAt(inGlob), type)) {
      visit(inGlob + 1, token === anything || token === level ? inTokens : inTokens + 1)
    }
  }
  return false
}

function takes(token: number, character: number, type: NameType): boolean {
  if (token === anything) return true
  if (token >= 0) return token === character
  if (character === slash || (token !== level && character === dollar)) return false
  // A wildcard level of a filter is granted `+` and any text, and never `#`.
  return token === openingOfAnything || !(type === 'topicfilter' && character === hash)
}
