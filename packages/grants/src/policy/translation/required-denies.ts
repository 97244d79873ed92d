import type { GrantReference } from '../../grant-types.js'
import type { Action, ActionGrants, TranslatedFilter } from './action-grants.js'
import { type DenyPattern, firstCut, grantsAll } from './deny-pattern.js'

/** Two grants of which one requires a Deny that removes names of the other. */
export interface Conflict {
  readonly conflict: readonly [GrantReference, GrantReference]
}

/** Names that some actions must not reach; each alternative denies all of them. */
export interface RequiredDeny {
  readonly actions: readonly Action[]
  readonly alternatives: readonly (readonly DenyPattern[])[]
}

/**
 * What must be denied so that each filter, allowed as its own ARN, is exact; only alternatives that remove no granted name. Or the two
 * grants that conflict.
 */
export function requiredDenies(
  byAction: readonly ActionGrants[],
  skip?: ReadonlySet<TranslatedFilter['filter']>,
): readonly RequiredDeny[] | Conflict {
  const required: RequiredDeny[] = []
  for (const actionGrants of byAction) {
    for (const translated of actionGrants.filters) {
      if (skip?.has(translated.filter)) continue
      for (const { alternatives } of translated.overmatches) {
        const typed = alternatives.map((globs) => globs.map((glob): DenyPattern => ({ type: actionGrants.type, glob })))
        const narrow = typed[0] ?? []
        if (narrow.every((pattern) => grantsAll(actionGrants, pattern))) continue
        const possible = typed.filter((patterns) => !patterns.some((pattern) => firstCut(actionGrants, pattern)))
        if (possible.length === 0) return conflict(actionGrants, translated, narrow)
        required.push({ actions: [actionGrants.action], alternatives: possible })
      }
    }
  }
  return required
}

function conflict(actionGrants: ActionGrants, translated: TranslatedFilter, narrow: readonly DenyPattern[]): Conflict {
  const cut =
    narrow.map((pattern) => firstCut(actionGrants, pattern)).find((found) => found !== undefined) ?? translated
  const { kind } = actionGrants
  return {
    conflict: [
      { kind, filter: translated.grant },
      { kind, filter: cut.grant },
    ],
  }
}
