import { type Glob, includesGlob, wildcard } from '../iam/glob.js'
import type { Action, ActionGrants, TranslatedFilter } from './action-grants.js'
import { type NameType, shapeOf } from './name-set.js'

/** A pattern for a Deny, under `topic/`, under `topicfilter/`, or under any type (`*` in its place). */
export interface DenyPattern {
  readonly type: NameType | 'any'
  readonly glob: Glob
}

/** One text per pattern. */
export function keyOf({ type, glob }: DenyPattern): string {
  return `${type}/${glob}`
}

/** The first of these grants that a Deny on the pattern would cut into. */
export function firstCut(actionGrants: ActionGrants, { type, glob }: DenyPattern): TranslatedFilter | undefined {
  if (type !== 'any' && type !== actionGrants.type) return undefined
  const shapes = globsOf({ type, glob }).map(shapeOf)
  return actionGrants.filters.find(({ names }) => shapes.some((shape) => names.meets(shape)))
}

/** Is everything that the pattern matches granted anyway? Then it needs no Deny. */
export function grantsAll(actionGrants: ActionGrants, { type, glob }: DenyPattern): boolean {
  return (
    type === actionGrants.type &&
    actionGrants.filters.some(
      (translated) => translated.overmatches.length === 0 && includesGlob(translated.allow, glob),
    )
  )
}

/**
 * Does a Deny on `outer` take from the action whatever one on `inner` takes? What stands under a type of its own is not left to a pattern of
 * any type: it has to hold where IAM takes no wildcard in that place.
 */
export function deniesAll(outer: DenyPattern, inner: DenyPattern, action: Action): boolean {
  const type: NameType = action === 'iot:Subscribe' ? 'topicfilter' : 'topic'
  if (outer.type === 'any' ? inner.type !== 'any' : outer.type !== type) return false
  return globsOf(inner).every((glob) => globsOf(outer).some((wide) => includesGlob(wide, glob)))
}

/** The `*` in the place of a type may run on into the name. */
function globsOf({ type, glob }: DenyPattern): readonly Glob[] {
  return type === 'any' ? [glob, `${wildcard}/${glob}`] : [glob]
}
