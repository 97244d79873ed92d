import type { Grants } from '../grant-types.js'
import { type Actions, type MqttAction, mqttActions, none, type OwnedStatement } from './actions.js'
import type { Automaton } from './languages/automaton.js'
import { beginningWith, coveredFilters, matchedTopics } from './languages/mqtt-language.js'
import type { Token } from './languages/token.js'
import { namesThatAwsTakes } from './names/aws-names.js'
import { anyResource, arnHead, elsewhere, type Location } from './names/places.js'
import { namesOfNobody } from './names/reserved.js'

/** Names in question, the statements that decide, and what is granted of them. */
export interface NamesInQuestion {
  readonly names: Automaton
  /** Names of any depth, these among them. A walk over them is shorter, and what holds for them holds for these. */
  readonly deeperNames?: Automaton
  readonly nobodys: Automaton
  readonly statements: readonly OwnedStatement[]
  /** What stands before the name in the resource. */
  readonly head: string
  readonly granted: readonly (readonly Token[])[]
}

/** What is asked for each action: its own names, the same elsewhere; and other actions, on anything. */
export function* questions(
  actions: Actions,
  grants: Grants,
  clientIds: string,
  location: Location,
): Iterable<NamesInQuestion & { readonly action: string }> {
  const granted: Record<MqttAction, readonly (readonly Token[])[]> = {
    'iot:Connect': beginningWith(clientIds),
    'iot:Publish': grants.publish.flatMap(matchedTopics),
    'iot:Receive': grants.subscribe.flatMap(matchedTopics),
    'iot:RetainPublish': grants.retain.flatMap(matchedTopics),
    'iot:Subscribe': grants.subscribe.flatMap(coveredFilters),
  }
  for (const action of Object.keys(mqttActions) as MqttAction[]) {
    const type = mqttActions[action]
    const statements = actions.statementsFor(action)
    const head = arnHead(location, type)
    const [names, deeperNames] = [namesThatAwsTakes(type, 'taken'), namesThatAwsTakes(type, 'any')]
    yield { action, names, deeperNames, nobodys: namesOfNobody(type), statements, head, granted: granted[action] }
    yield { action, names: elsewhere(location, type), nobodys: none, statements, head: '', granted: [] }
  }
  for (const other of actions.others()) yield { ...other, names: anyResource, nobodys: none, head: '', granted: [] }
}
