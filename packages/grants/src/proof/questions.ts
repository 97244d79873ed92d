import type { Grants } from '../grant-types.js'
import { type Actions, type MqttAction, mqttActions, none, type OwnedStatement } from './actions.js'
import type { Automaton } from './languages/automaton.js'
import { beginningWith, coveredFilters, matchedTopics } from './languages/mqtt-language.js'
import type { Token } from './languages/token.js'
import { acceptedNames } from './names/aws-names.js'
import { anyResource, arnHead, elsewhere, type Location } from './names/places.js'
import { reservedNames } from './names/reserved.js'

/** A set of names, the statements that apply to them, and the grants. */
export interface NamesInQuestion {
  readonly names: Automaton
  /** A superset with names of any depth. It is faster to search, and a result for it also holds for these names. */
  readonly deeperNames?: Automaton
  readonly reserved: Automaton
  readonly statements: readonly OwnedStatement[]
  /** The prefix of the resource before the name. */
  readonly head: string
  readonly granted: readonly (readonly Token[])[]
}

/** The questions for each MQTT action: its own names, and the same elsewhere; then other actions on any resource. */
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
    const [names, deeperNames] = [acceptedNames(type, 'accepted'), acceptedNames(type, 'any')]
    yield { action, names, deeperNames, reserved: reservedNames(type), statements, head, granted: granted[action] }
    yield { action, names: elsewhere(location, type), reserved: none, statements, head: '', granted: [] }
  }
  for (const other of actions.others()) yield { ...other, names: anyResource, reserved: none, head: '', granted: [] }
}
