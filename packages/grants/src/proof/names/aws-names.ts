import { type Automaton, automaton } from '../languages/automaton.js'
import { codePoints } from '../languages/token.js'

/** `accepted`: at most seven slashes, as AWS accepts. `any`: any number, which the search need not count. */
export type Depth = 'accepted' | 'any'

/** The kind of name: the resource types of AWS IoT for MQTT. */
export type NameType = 'client' | 'topic' | 'topicfilter'

/** The state after a prefix of a name. */
interface Progress {
  /** `head`: the prefix can still become `$share/` or `$aws/rules/`. */
  readonly at: 'head' | 'group' | 'rule' | 'body'
  /** The text of the head. */
  readonly read: string
  readonly shared: boolean
  readonly slashes: number
  /** The content of the current level. */
  readonly level: 'nothing' | 'text' | '+' | '#'
}

const basicIngest = '$aws/rules/'
const share = '$share/'
const mostSlashes = 7
const begin: Progress = { at: 'head', read: '', shared: false, slashes: 0, level: 'nothing' }

/**
 * The names that AWS IoT accepts, by the documentation of AWS and OASIS, without a limit on their length; with `depth: 'any'` also names
 * with more slashes.
 *
 * - topic: not empty, no `+`, `#`, at most 7 slashes, not counting `$aws/rules/<rule>/`
 * - topic filter: `+` and a last `#` only as whole levels; the same slashes, not counting `$share/<group>/` either
 * - client ID: not empty
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
 * @see https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html (4.7, 4.8.2)
 */
export function acceptedNames(type: NameType, depth: Depth): Automaton {
  if (type === 'client') {
    return automaton<'empty' | 'name'>({
      start: 'empty',
      step: (_state, character) => (isText(character) ? 'name' : undefined),
      accepts: (state) => state === 'name',
      tellsApart: () => [],
    })
  }
  const grammar = { isFilter: type === 'topicfilter', isCounted: depth === 'accepted' }
  return automaton<Progress>({
    start: begin,
    step: (state, character) => (isText(character) ? step(state, character, grammar) : undefined),
    accepts: ({ at, read }) => at !== 'group' && read !== '' && read !== '$share',
    tellsApart: ({ at, read }) => (at === 'head' ? codePoints(`/+#${headsAfter(read)}`) : structure),
  })
}

const structure = codePoints('/+#')

/** The characters that can continue a head. */
function headsAfter(read: string): string {
  return [basicIngest, share].map((head) => (head.startsWith(read) ? (head[read.length] ?? '') : '')).join('')
}

/** MQTT strings contain no null character and no lone surrogate. [MQTT-1.5.4-1] [MQTT-1.5.4-2] */
function isText(character: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(character)
}

interface Grammar {
  readonly isFilter: boolean
  readonly isCounted: boolean
}

function step(state: Progress, character: string, grammar: Grammar): Progress | undefined {
  const isWild = character === '+' || character === '#'
  if (isWild && !grammar.isFilter) return undefined
  if (state.at === 'group') return stepInGroup(state, character, isWild)
  // In a topic, the content of a level does not matter.
  const level = grammar.isFilter ? nextLevel(state.level, character) : state.level
  if (level === undefined) return undefined
  const slashes = state.slashes + (grammar.isCounted && character === '/' ? 1 : 0)
  if (slashes > mostSlashes) return undefined
  if (state.at === 'head') return stepInHead({ ...state, level, slashes }, state.read + character, character, grammar)
  // The rule name ends at its slash; slashes after it are counted from zero.
  if (state.at === 'rule' && character === '/') return { ...state, at: 'body', level, slashes: 0 }
  return { ...state, level, slashes }
}

function stepInHead(next: Progress, read: string, character: string, grammar: Grammar): Progress | undefined {
  if (grammar.isFilter && read === share) {
    return next.shared ? undefined : { ...begin, at: 'group', read: 'group', level: 'nothing' }
  }
  if (read === basicIngest && grammar.isCounted) return { ...next, at: 'rule', read: 'name' }
  const heads = [...(grammar.isCounted ? [basicIngest] : []), ...(grammar.isFilter ? [share] : [])]
  const goesOn = character !== '' && heads.some((head) => head.startsWith(read))
  return goesOn ? { ...next, read } : { ...next, at: 'body', read: 'name' }
}

/** `$share/<group>/`: a group has at least one character. */
function stepInGroup(state: Progress, character: string, isWild: boolean): Progress | undefined {
  if (isWild) return undefined
  if (character !== '/') return { ...state, level: 'text' }
  return state.level === 'nothing' ? undefined : { ...begin, shared: true }
}

function nextLevel(level: Progress['level'], character: string): Progress['level'] | undefined {
  if (level === '#') return undefined
  if (character === '/') return 'nothing'
  if (character === '+' || character === '#') return level === 'nothing' ? character : undefined
  return level === '+' ? undefined : 'text'
}
