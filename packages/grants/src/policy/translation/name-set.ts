import { literalEnds } from '../../mqtt/matching.js'
import { parseSubscription } from '../../mqtt/topic-filter.js'
import { type Glob, includesGlob, wildcard } from '../iam/glob.js'

/** What a grant is about: the topics that its filter matches, or the filters that it covers. */
export type NameType = 'topic' | 'topicfilter'

/** A code unit each, or one of the constants. */
type Tokens = readonly number[]
const anything = -1
const level = -2
/** The first character that a leading `+` or `#` takes: no `$`, no `/`. */
const openingOfLevel = -3
const openingOfAnything = -4

/** A glob with what can be seen at first sight: for questions to many sets. */
export interface GlobShape {
  readonly glob: Glob
  /** Before the first wildcard and after the last one; all of a glob without one is both. */
  readonly start: string
  readonly end: string
  /** Every text that the glob matches has as many, or more. */
  readonly slashes: number
}

export function shapeOf(glob: Glob): GlobShape {
  const star = glob.indexOf(wildcard)
  const start = star < 0 ? glob : glob.slice(0, star)
  return { glob, start, end: glob.slice(glob.lastIndexOf(wildcard) + 1), slashes: slashesOf(glob) }
}

/**
 * The names that a filter reaches: as a `topic` those that it matches, as a `topicfilter` those that it covers. Works on
 * characters, as IAM does, and not on levels, as MQTT does.
 */
export class NameSet {
  readonly #type: NameType
  readonly #text: string
  readonly #hasWildcard: boolean
  /** What every name begins and ends with. */
  readonly #start: string
  readonly #end: string
  /** No name has more. */
  readonly #slashes: number
  readonly #known = new Map<Glob, boolean>()
  #words: readonly Tokens[] | undefined

  constructor(filter: string, type: NameType) {
    this.#type = type
    this.#text = type === 'topic' ? parseSubscription(filter).filter : filter
    this.#hasWildcard = /[+#]/u.test(this.#text)
    const { start, end } = literalEnds(this.#text)
    this.#start = start
    this.#end = end
    this.#slashes = this.#text.endsWith('#') ? Number.POSITIVE_INFINITY : slashesOf(this.#text)
  }

  /** Is there a name that the glob matches too? A Deny on the glob would take that name away. Remembers its answers. */
  meets({ glob, start, end, slashes }: GlobShape): boolean {
    // Most pairs differ in depth or at one of their ends: no need to look further.
    if (slashes > this.#slashes) return false
    if (!start.startsWith(this.#start) && !this.#start.startsWith(start)) return false
    if (!end.endsWith(this.#end) && !this.#end.endsWith(end)) return false
    if (!this.#hasWildcard) return includesGlob(glob, this.#text)
    const answer = this.#known.get(glob) ?? this.#tokenLists().some((tokens) => meet(glob, tokens, this.#type))
    this.#known.set(glob, answer)
    return answer
  }

  /** More than one where a leading wildcard must not begin with `$`. */
  #tokenLists(): readonly Tokens[] {
    this.#words ??= tokenLists(this.#text)
    return this.#words
  }
}

function slashesOf(text: string): number {
  let count = 0
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) count++
  return count
}

function tokenLists(text: string): readonly Tokens[] {
  const { group, filter } = parseSubscription(text)
  const prefix = group === undefined ? [] : characters(`$share/${group}/`)
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

function characters(text: string): Tokens {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
}

const slash = 0x2f
const dollar = 0x24
const hash = 0x23

/** Do the two have a word in common? Reads the glob and marks all places in the tokens where one may be by then. */
function meet(glob: Glob, tokens: Tokens, type: NameType): boolean {
  const places = new Uint8Array(tokens.length + 1)
  places[0] = 1
  passRuns(places, tokens)
  for (let at = 0; at < glob.length; at++) {
    if (glob[at] === wildcard) {
      places.fill(1, places.indexOf(1))
    } else {
      take(places, tokens, glob.charCodeAt(at), type)
    }
    if (!places.includes(1)) return false
  }
  return places[tokens.length] === 1
}

/** Moves on by one character; backwards, so that no place moves twice. */
function take(places: Uint8Array, tokens: Tokens, character: number, type: NameType): void {
  for (let place = tokens.length; place >= 0; place--) {
    if (places[place] === 0) continue
    const token = tokens[place]
    const taken = token !== undefined && takes(token, character, type)
    if (taken && isRun(token)) continue
    places[place] = 0
    if (taken) places[place + 1] = 1
  }
  passRuns(places, tokens)
}

/** A run of characters may be empty: from its place one may go on to the next. */
function passRuns(places: Uint8Array, tokens: Tokens): void {
  for (let place = 0; place < tokens.length; place++) {
    if (places[place] === 1 && isRun(tokens[place])) places[place + 1] = 1
  }
}

function isRun(token: number | undefined): boolean {
  return token === anything || token === level
}

function takes(token: number, character: number, type: NameType): boolean {
  if (token === anything) return true
  if (token >= 0) return token === character
  if (character === slash || (token !== level && character === dollar)) return false
  // A wildcard level of a filter is granted `+` and any text, and never `#`.
  return token === openingOfAnything || !(type === 'topicfilter' && character === hash)
}
