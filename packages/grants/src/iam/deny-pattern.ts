import { type Glob, includesGlob, wildcard } from './glob.js'
import { type NameType, outlineOf } from './name-set.js'
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
  if (type !== 'any' && type !== right.type) return undefined
  // The `*` in the place of a type may run on into the name.
  const globs = type === 'any' ? [glob, `${wildcard}/${glob}`] : [glob]
  const outlines = globs.map(outlineOf)
  return right.rules.find(({ names }) => outlines.some((outline) => names.meets(outline)))
}

/** Is everything that the pattern matches granted anyway? Then it needs no Deny. */
export function grantsAll(right: Right, { type, glob }: DenyPattern): boolean {
  return type === right.type && right.rules.some((rule) => rule.excesses.length === 0 && includesGlob(rule.allow, glob))
}
