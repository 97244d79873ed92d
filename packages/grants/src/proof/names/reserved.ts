import { type Automaton, automaton } from '../languages/automaton.js'
import { codePoints } from '../languages/token.js'
import type { NameType } from './aws-names.js'

/** Names with one of these could be the end of another ARN (docs/adr/0010): nobody is granted one. */
const reservedTexts = [':client/', ':topic/', ':topicfilter/']

/** What is nobody's whatever the grants say; accepting once a name has it in it. `seen` or the beginning of a reserved text. */
export function namesOfNobody(type: NameType): Automaton {
  // AWS tells no one of clients with these in their IDs: "Lifecycle events", client IDs with # or +.
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

/** The longest end of the text that a reserved text begins with. Each has one colon, its first character. */
function longestBeginning(text: string): string {
  const end = text.slice(Math.max(text.lastIndexOf(':'), 0))
  return reservedTexts.some((reserved) => reserved.startsWith(end)) ? end : ''
}
