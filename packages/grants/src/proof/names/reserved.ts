import { type Automaton, automaton } from '../languages/automaton.js'
import { codePoints } from '../languages/token.js'
import type { NameType } from './aws-names.js'

/** A name that contains one of these could be the end of another ARN (docs/adr/0003), so it is never granted. */
const reservedTexts = [':client/', ':topic/', ':topicfilter/']

/** Names that are never granted, regardless of the grants. A state is `seen` or a prefix of a reserved string. */
export function reservedNames(type: NameType): Automaton {
  // AWS sends no lifecycle events for clients with these characters in their IDs: "Lifecycle events", client IDs with # or +.
  const single = type === 'client' ? '#+' : ''
  const seen = 'seen'
  return automaton<string>({
    start: '',
    accepts: (state) => state === seen,
    tellsApart: (state) => codePoints(single + nextCharacters(state)),
    step(state, character) {
      if (state === seen || (character !== '' && single.includes(character))) return seen
      const read = longestBeginning(state + character)
      return character === '' ? '' : reservedTexts.includes(read) ? seen : read
    },
  })
}

function nextCharacters(state: string): string {
  return `:${reservedTexts.map((text) => (text.startsWith(state) ? (text[state.length] ?? '') : '')).join('')}`
}

/** The longest suffix of the text that is a prefix of a reserved string. Each reserved string has one colon before its type. */
function longestBeginning(text: string): string {
  const end = text.slice(Math.max(text.lastIndexOf(':'), 0))
  return reservedTexts.some((reserved) => reserved.startsWith(end)) ? end : ''
}
