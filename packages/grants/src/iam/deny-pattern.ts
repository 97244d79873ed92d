import { type Glob, includesGlob, STAR } from './glob.js'
import { cuts, type NameType } from './name-set.js'
import type { Right, Rule } from './rights.js'

/** A pattern for a Deny, under `topic/`, under `topicfilter/`, or under any type (`*` in its place). */
export interface DenyPattern {
  readonly type: NameType | 'any'
  readonly glob: Glob
}

/** One text per pattern. */
export function keyOf({ type, glob }: DenyPattern): string {
  return `${type}/${glob}`
}

/** The first grant of the right that a Deny on the pattern would cut into. */
export function firstCut(right: Right, { type, glob }: DenyPattern): Rule | undefined {
  if (type !== 'any') {
    return type === right.type ? right.rules.find((rule) => cuts(glob, rule.filter, right.type)) : undefined
  }
  // The `*` of the type may run on into the name.
  return right.rules.find((rule) => [glob, `${STAR}/${glob}`].some((each) => cuts(each, rule.filter, right.type)))
}

/** Is everything that the pattern matches granted anyway? Then it needs no Deny. */
export function grantsAll(right: Right, { type, glob }: DenyPattern): boolean {
  return type === right.type && right.rules.some((rule) => rule.excesses.length === 0 && includesGlob(rule.allow, glob))
}
