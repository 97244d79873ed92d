import { type Automaton, automaton } from '../languages/automaton.js'
import { codePoints } from '../languages/token.js'
import type { NameType } from './aws-names.js'

/** The location that the policies are for: partition, Region and account of the stack. */
export interface Location {
  readonly partition: string
  readonly region: string
  readonly accountId: string
}

/** The prefix of every ARN of this type, before the name. */
export function arnHead({ partition, region, accountId }: Location, type: NameType): string {
  return `arn:${partition}:iot:${region}:${accountId}:${type}/`
}

/** Any non-empty string: for actions whose resource format is unknown. */
export const anyResource: Automaton = automaton<'empty' | 'text'>({
  start: 'empty',
  step: () => 'text',
  accepts: (state) => state === 'text',
  tellsApart: () => [],
})

interface Elsewhere {
  /** The current part: Region, account, type, name. */
  readonly part: 'region' | 'account' | 'type' | 'name'
  /** The prefix of the part while it equals the stack's own value; undefined once it differs. */
  readonly own: string | undefined
  readonly isElsewhere: boolean
}

/** ARNs of this type in any other Region or account of the partition. */
export function elsewhere({ partition, region, accountId }: Location, type: NameType): Automaton {
  const head = `arn:${partition}:iot:`
  const texts = { region, account: accountId, type: `${type}/`, name: '' }
  const following = { region: 'account', account: 'type' } as const
  return automaton<Elsewhere | { readonly head: string }>({
    start: { head: '' },
    step(state, character) {
      if ('head' in state) {
        const read = state.head + character
        if (read === head) return { part: 'region', own: '', isElsewhere: false }
        return character !== '' && head.startsWith(read) ? { head: read } : undefined
      }
      const { part, own, isElsewhere } = state
      if (part === 'name') return { ...state, own: undefined }
      const text = texts[part]
      const read = own === undefined || character === '' ? undefined : own + character
      if (part === 'type') {
        if (read === text) return { part: 'name', own: '', isElsewhere }
        return read !== undefined && text.startsWith(read) ? { ...state, own: read } : undefined
      }
      if (character === ':' && own === '') return undefined
      if (character === ':') return { part: following[part], own: '', isElsewhere: isElsewhere || own !== text }
      return { ...state, own: read !== undefined && text.startsWith(read) ? read : undefined }
    },
    accepts: (state) => 'part' in state && state.part === 'name' && state.own === undefined && state.isElsewhere,
    tellsApart(state) {
      if ('head' in state) return codePoints(head[state.head.length] ?? '')
      const next = state.own === undefined ? '' : (texts[state.part][state.own.length] ?? '')
      return codePoints(state.part === 'region' || state.part === 'account' ? `:${next}` : next)
    },
  })
}
