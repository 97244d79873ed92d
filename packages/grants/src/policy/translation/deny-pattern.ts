import { type Glob, includesGlob, wildcard } from '../iam/glob.js'
import type { Action, ActionGrants, TranslatedFilter } from './action-grants.js'
import { type NameType, shapeOf } from './name-set.js'

/** The pattern of a Deny, below `topic/`, below `topicfilter/` or below any type (`*`). */
export interface DenyPattern {
  readonly type: NameType | 'any'
  readonly glob: Glob
}

/** A unique string for each pattern. */
export function keyOf({ type, glob }: DenyPattern): string {
  return `${type}/${glob}`
}

/** The first of these grants from which a Deny on the pattern would remove names. */
export function firstCut(actionGrants: ActionGrants, { type, glob }: DenyPattern): TranslatedFilter | undefined {
  if (type !== 'any' && type !== actionGrants.type) return undefined
  const shapes = globsOf({ type, glob }).map(shapeOf)
  return actionGrants.filters.find(({ names }) => shapes.some((shape) => names.meets(shape)))
}

/** Is everything that the pattern matches granted? Then no Deny is needed. */
export function grantsAll(actionGrants: ActionGrants, { type, glob }: DenyPattern): boolean {
  return (
    type === actionGrants.type &&
    actionGrants.filters.some(
      (translated) => translated.overmatches.length === 0 && includesGlob(translated.allow, glob),
    )
  )
}

/**
 * Does a Deny on `outer` remove from the action everything that a Deny on `inner` removes? A pattern of any type never replaces one with
 * its own type, which must also work where IAM supports no wildcard in that place.
 */
export function deniesAll(outer: DenyPattern, inner: DenyPattern, action: Action): boolean {
  const type: NameType = action === 'iot:Subscribe' ? 'topicfilter' : 'topic'
  if (outer.type === 'any' ? inner.type !== 'any' : outer.type !== type) return false
  return globsOf(inner).every((glob) => globsOf(outer).some((wide) => includesGlob(wide, glob)))
}

/** The `*` in place of a type may also match the beginning of the name. */
function globsOf({ type, glob }: DenyPattern): readonly Glob[] {
  return type === 'any' ? [glob, `${wildcard}/${glob}`] : [glob]
}
