import { literalEnds } from '../../mqtt/literal-ends.js'
import { parseSubscription } from '../../mqtt/topic-filter.js'
import { type Glob, includesGlob, wildcard } from '../iam/glob.js'

/** The names that a grant refers to: the topics that its filter matches, or the filters that it covers. */
export type NameType = 'topic' | 'topicfilter'

/** One entry per code unit, or one of the constants. */
type Tokens = readonly number[]
const anything = -1
const level = -2
/** The first character matched by a leading `+` or `#`: not `$`, not `/`. */
const openingOfLevel = -3
const openingOfAnything = -4

/** A glob with precomputed features for quick comparisons. */
export interface GlobShape {
  readonly glob: Glob
  /** The text before the first wildcard and after the last one; for a glob without wildcards, both are the glob. */
  readonly start: string
  readonly end: string
  /** Every string that the glob matches has at least this many. */
  readonly slashes: number
}

export function shapeOf(glob: Glob): GlobShape {
  const star = glob.indexOf(wildcard)
  const start = star < 0 ? glob : glob.slice(0, star)
  return { glob, start, end: glob.slice(glob.lastIndexOf(wildcard) + 1), slashes: slashesOf(glob) }
}

/**
 * The names of a filter: as a `topic`, those that it matches; as a `topicfilter`, those that it covers. Works on characters, as IAM
 * does, and not on levels, as MQTT does.
 */
export class NameSet {
  readonly #type: NameType
  readonly #text: string
  readonly #hasWildcard: boolean
  /** The common start and end of every name. */
  readonly #start: string
  readonly #end: string
  /** Maximum number of slashes in a name. */
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

  /** Does the glob match a name of this set? A Deny on the glob would remove that name. Cached. */
  meets({ glob, start, end, slashes }: GlobShape): boolean {
    // Most pairs differ in depth or at one end, which is cheap to compare.
    if (slashes > this.#slashes) return false
    if (!start.startsWith(this.#start) && !this.#start.startsWith(start)) return false
    if (!end.endsWith(this.#end) && !this.#end.endsWith(end)) return false
    if (!this.#hasWildcard) return includesGlob(glob, this.#text)
    const answer = this.#known.get(glob) ?? this.#tokenLists().some((tokens) => meet(glob, tokens, this.#type))
    this.#known.set(glob, answer)
    return answer
  }

  /** More than one list if a leading wildcard must not match `$`. */
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

/** Do the two sets intersect? Reads the glob and marks all reachable positions in the tokens. */
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

/** Advances by one character; backwards, so that no position moves twice. */
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

/** A run of characters can be empty, so the next position is reachable too. */
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
  // A wildcard level of a filter covers `+` and any text, but never `#`.
  return token === openingOfAnything || !(type === 'topicfilter' && character === hash)
}
