import { AccessError, type Attributes, textAttribute, textOf } from '@topic-credentials/access'
import { commandLine, parseJson } from '@topic-credentials/project'
import { emptyState, type SessionState } from './session-state.js'

/** Key of the item with the live sessions that must be denied. */
export const stateKey = 'state#sessions'

/** @throws AccessError `unusable_item` if it is not valid: the denied sessions are never guessed */
export function readState(attributes: Attributes | undefined): SessionState {
  if (attributes === undefined) return emptyState
  const state = parseJson(textOf(attributes.sessions) ?? '')
  if (isState(state)) return state
  throw new AccessError('unusable_item', `The item ${stateKey} of the access table is not valid.`, {
    value: stateKey,
    remedy: `Run \`${commandLine('revoke', '--repair')}\` to rebuild it from the revocations.`,
  })
}

export function writeState(state: SessionState): Attributes {
  return { sessions: textAttribute(JSON.stringify(state)) }
}

function isState(value: unknown): value is SessionState {
  const { denied, pending, everybody } = Object(value) as Partial<SessionState>
  if (![denied, pending].every((one) => typeof one === 'object' && one !== null)) return false
  const times = everybody === undefined ? [] : [everybody.before, everybody.since]
  return (
    Object.values(pending ?? {}).every(({ keys, at }) => Array.isArray(keys) && Number.isSafeInteger(at)) &&
    times.every(Number.isSafeInteger) &&
    Object.values(denied ?? {}).every(
      ({ pattern, before = 0, until }) =>
        /^[A-Za-z0-9_=@.,-]+\*?$/u.test(pattern) && [before, until].every(Number.isSafeInteger),
    )
  )
}
