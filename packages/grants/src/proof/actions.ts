import type { PolicyStatement } from './documents/document.js'
import { type Automaton, automaton } from './languages/automaton.js'
import { explore } from './languages/exploration.js'
import { type Pattern, PatternSet } from './languages/pattern-set.js'
import { codePoints, type Token, wildcard } from './languages/token.js'
import type { NameType } from './names/aws-names.js'

/** A statement and the policy that contains it. */
export interface OwnedStatement extends PolicyStatement {
  readonly owner: 'role' | 'session'
  /** Its name in error messages. */
  readonly place: string
}

/** The actions of MQTT, each with the resource type for which AWS IoT asks IAM. */
export const mqttActions: Readonly<Record<MqttAction, NameType>> = {
  'iot:Connect': 'client',
  'iot:Publish': 'topic',
  'iot:Receive': 'topic',
  'iot:RetainPublish': 'topic',
  'iot:Subscribe': 'topicfilter',
}

export type MqttAction = 'iot:Connect' | 'iot:Publish' | 'iot:Receive' | 'iot:RetainPublish' | 'iot:Subscribe'

/** Actions that an overly broad policy probably allows. A counterexample names one of these if possible. */
const likely = [
  'iot:GetRetainedMessage',
  'iot:ListRetainedMessages',
  'iot:UpdateThingShadow',
  'iot:DeleteConnection',
  'iot:SendDirectMessage',
  'iot:AttachPolicy',
]

/** Finds the statements that apply to an action. IAM compares actions case-insensitively. */
export class Actions {
  readonly #statements: readonly OwnedStatement[]
  readonly #patterns: PatternSet
  /** Statements grouped by their set of actions; each group has one bit. */
  readonly #languages: readonly { readonly not: boolean; readonly statements: readonly OwnedStatement[] }[]

  constructor(statements: readonly OwnedStatement[]) {
    this.#statements = statements
    const groups = new Map<string, { readonly not: boolean; readonly statements: OwnedStatement[] }>()
    const patterns: Pattern[] = []
    for (const statement of statements) {
      const { not, patterns: texts } = statement.actions
      const key = JSON.stringify([not, [...texts].sort()])
      const known = groups.get(key)
      if (!known) patterns.push(...texts.map((text) => ({ language: groups.size, tokens: actionTokens(text) })))
      if (groups.size === 30) throw new RangeError('A proof supports at most 30 different lists of actions.')
      groups.set(key, { not, statements: [...(known?.statements ?? []), statement] })
    }
    this.#languages = [...groups.values()]
    this.#patterns = new PatternSet(patterns)
  }

  /** The statements that apply to the action. */
  statementsFor(action: string): readonly OwnedStatement[] {
    let place = this.#patterns.start()
    for (const character of codePoints(action.toLowerCase())) place = this.#patterns.advance(place, character)
    return this.#applying(this.#patterns.accepted(place))
  }

  /** Actions other than MQTT's that both policies allow on some resource: one for each set of statements. */
  others(): readonly { readonly action: string; readonly statements: readonly OwnedStatement[] }[] {
    const seen = new Set<string>()
    const found: { readonly action: string; readonly statements: readonly OwnedStatement[] }[] = []
    const isNew = (statements: readonly OwnedStatement[]): boolean => {
      const allows = (owner: string) => statements.some((each) => each.owner === owner && each.effect === 'Allow')
      return allows('role') && allows('session') && !seen.has(this.#keyOf(statements))
    }
    const take = (action: string): void => {
      const statements = this.statementsFor(action)
      if (!isNew(statements)) return
      seen.add(this.#keyOf(statements))
      found.push({ action, statements })
    }
    for (const action of likely) take(action)
    for (;;) {
      const outcome = explore(
        {
          names: otherActions,
          reserved: none,
          patterns: this.#patterns,
          start: this.#patterns.start(),
          differs: (accepted) => isNew(this.#applying(accepted)),
          reduce: (place) => place,
        },
        Number.POSITIVE_INFINITY,
      )
      if (!('found' in outcome) || !outcome.found) return found
      take(outcome.found.name)
    }
  }

  #applying(accepted: number): readonly OwnedStatement[] {
    return this.#languages.flatMap(({ not, statements }, index) => {
      const isNamed = (accepted & (1 << index)) !== 0
      return isNamed === not ? [] : statements
    })
  }

  #keyOf(statements: readonly OwnedStatement[]): string {
    return statements.map((statement) => this.#statements.indexOf(statement)).join()
  }
}

/** The empty set of names. */
export const none: Automaton = automaton<null>({
  start: null,
  step: () => null,
  accepts: () => false,
  tellsApart: () => [],
})

/** `service:name`, except the actions of MQTT. */
const otherActions = automaton<{ readonly read: string; readonly colon: boolean; readonly name: boolean }>({
  start: { read: '', colon: false, name: false },
  step({ read, colon }, character) {
    if (!/^[a-z0-9:-]?$/u.test(character)) return undefined
    const isColon = character === ':'
    if (isColon && (colon || read === '')) return undefined
    return { read: beginning(read + (character || '?')), colon: colon || isColon, name: colon }
  },
  accepts: ({ read, colon, name }) => colon && name && !known.includes(read),
  tellsApart: ({ read }) =>
    codePoints(`:${known.map((action) => (action.startsWith(read) ? action[read.length] : '')).join('')}`),
})

const known = Object.keys(mqttActions).map((action) => action.toLowerCase())

/** The prefix read so far while it can still become an action of MQTT; otherwise one common state. */
function beginning(text: string): string {
  return known.some((action) => action.startsWith(text)) ? text : 'other'
}

function actionTokens(pattern: string): readonly Token[] {
  return Array.from(pattern.toLowerCase(), (character) =>
    character === '*' || character === '?' ? wildcard(character) : (codePoints(character)[0] as number),
  )
}
