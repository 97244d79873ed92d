import { parseSubscription } from '../../mqtt/topic-filter.js'
import { topicLimits } from '../../mqtt/topic-name.js'
import { type Glob, wildcard } from '../iam/glob.js'
import type { NameType } from './name-set.js'

/**
 * Names that the Allow lets in and the filter does not: they must be denied by one of the alternatives, each a set of globs.
 * The first is the narrowest; later ones deny more for fewer characters, and serve where no grant is cut by them.
 */
export interface Overmatch {
  readonly alternatives: readonly (readonly Glob[])[]
}

/** One filter in IAM's words: allow the glob, deny every excess. Exact together. */
export interface Translation {
  readonly allow: Glob
  readonly overmatches: readonly Overmatch[]
}

/**
 * Says a filter in IAM's words, or undefined where IAM cannot: with `+`, then a literal level, then `#`, the names too many
 * cannot be told from names granted (`a/x/b/y/b/z` is granted by `a/+/b/#`, `a/x/y/b/z` is not).
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

/** AWS IoT takes no deeper names than this, so none need be denied. It does not count `$aws/rules/<rule>/`. */
function mostSlashes(filter: string): number {
  return /^\$aws\/(?:rules|\+)\//u.test(filter) ? topicLimits.slashes + 3 : topicLimits.slashes
}

/**
 * IAM's `*` crosses slashes. Names with as many slashes as the filter fill each `*` with one level, so exactly the deeper names
 * are too many.
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

/** Everything below these levels that has more levels than `count`. */
export function deeper(levels: readonly string[], count: number): Glob {
  return [...levels, ...new Array<Glob>(count + 1 - levels.length).fill(wildcard)].join('/')
}

/** `a/+` covers no filter `a/#`, although its text is matched. */
function openEnded(prefix: string, globs: readonly Glob[]): Overmatch {
  const narrow = prefix + [...globs.slice(0, -1), '#'].join('/')
  return { alternatives: [[narrow], [`${prefix}${wildcard}#`]] }
}
