import { parseSubscription } from '../../mqtt/topic-filter.js'
import { topicLimits } from '../../mqtt/topic-name.js'
import { type Glob, wildcard } from '../iam/glob.js'
import type { NameType } from './name-set.js'

/**
 * Names that the Allow matches and the filter does not: they must be denied by one of the alternatives, each a set of globs. The first
 * is the narrowest; later ones deny more with fewer characters, and can be used if they remove no granted name.
 */
export interface Overmatch {
  readonly alternatives: readonly (readonly Glob[])[]
}

/** One filter as IAM patterns: allow the glob, deny every overmatch. Together they are exact. */
export interface Translation {
  readonly allow: Glob
  readonly overmatches: readonly Overmatch[]
}

/**
 * Translates a filter to IAM patterns; undefined if IAM cannot express it. With `+`, then a literal level, then `#`, the names to deny
 * cannot be separated from granted ones (`a/+/b/#` matches `a/x/b/y/b/z` but not `a/x/y/b/z`).
 */
export function translate(text: string, type: NameType): Translation | undefined {
  const { group, filter } = parseSubscription(text)
  if (!/[+#]/u.test(filter)) return { allow: type === 'topicfilter' ? text : filter, overmatches: [] }
  const prefix = type === 'topicfilter' && group !== undefined ? `$share/${group}/` : ''
  const levels = filter.split('/')
  const open = levels.at(-1) === '#'
  const firstPlus = levels.indexOf('+')
  if (open && firstPlus >= 0 && levels.slice(firstPlus, -1).some((level) => level !== '+')) return undefined
  const globs = levels.map((level) => (level === '+' || level === '#' ? wildcard : level))
  const path = globs.join('/')
  const overmatches: Overmatch[] = []
  if (globs[0] === wildcard) overmatches.push({ alternatives: [[`${prefix}$${path}`], [`${prefix}$${wildcard}`]] })
  if (!open && firstPlus >= 0 && levels.length - 1 < mostSlashes(filter)) {
    overmatches.push(tooDeep(prefix, levels, globs, firstPlus))
  }
  if (type === 'topicfilter' && levels.at(-1) === '+') overmatches.push(openEnded(prefix, globs))
  return { allow: prefix + path, overmatches }
}

/** The maximum depth that AWS IoT accepts; deeper names need no Deny. `$aws/rules/<rule>/` does not count. */
function mostSlashes(filter: string): number {
  return /^\$aws\/(?:rules|\+)\//u.test(filter) ? topicLimits.slashes + 3 : topicLimits.slashes
}

/**
 * IAM's `*` also matches slashes. Names with as many slashes as the filter fill each `*` with one level, so the names to deny are
 * exactly the deeper ones.
 */
function tooDeep(prefix: string, levels: readonly string[], globs: readonly Glob[], firstPlus: number): Overmatch {
  const oneDeeper = globs.flatMap((_glob, index) =>
    levels[index] === '+' ? [prefix + globs.toSpliced(index, 1, `${wildcard}/${wildcard}`).join('/')] : [],
  )
  const alternatives: Glob[][] = [[...new Set(oneDeeper)]]
  for (let literal = firstPlus; literal >= 0; literal--) {
    alternatives.push([prefix + deeper(levels.slice(0, literal), levels.length)])
  }
  return { alternatives }
}

/** All names below these levels that have more than `count` levels. */
export function deeper(levels: readonly string[], count: number): Glob {
  return [...levels, ...new Array<Glob>(count + 1 - levels.length).fill(wildcard)].join('/')
}

/** `a/+` does not cover the filter `a/#`, although the pattern matches its text. */
function openEnded(prefix: string, globs: readonly Glob[]): Overmatch {
  const narrow = prefix + [...globs.slice(0, -1), '#'].join('/')
  return { alternatives: [[narrow], [`${prefix}${wildcard}#`]] }
}
