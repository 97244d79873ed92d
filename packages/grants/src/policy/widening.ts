import { byKind, type Grants, grantKinds, type TopicFilter } from '../grant-types.js'
import { coversFilter } from '../mqtt/matching.js'
import { filterFault, parseSubscription } from '../mqtt/topic-filter.js'

/**
 * The narrowest filter that covers both and that IAM can express; undefined if there is none (nothing covers both `#` and
 * `$aws/…`, or two share groups).
 */
export function join(a: string, b: string): TopicFilter | undefined {
  const [one, other] = [parseSubscription(a), parseSubscription(b)]
  if (one.group !== other.group) return undefined
  const [left, right] = [one.filter.split('/'), other.filter.split('/')]
  const open = left.length !== right.length || left.at(-1) === '#' || right.at(-1) === '#'
  const common = Math.min(left.length, right.length) - (open ? 1 : 0)
  const levels = left.slice(0, common).map((level, index) => (level === right[index] ? level : '+'))
  const firstPlus = levels.indexOf('+')
  // IAM can express `a/+/#` but not `a/+/b/#`.
  const expressible = open && firstPlus >= 0 ? levels.map((level, index) => (index < firstPlus ? level : '+')) : levels
  return asFilter(one.group, open ? [...expressible, '#'] : expressible, [a, b])
}

/** Replaces everything from the first `+` by `#`: `a/#` for `a/+/b`. */
export function openFromPlus(filter: string): TopicFilter | undefined {
  const { group, filter: inner } = parseSubscription(filter)
  const levels = inner.split('/')
  const firstPlus = levels.indexOf('+')
  return firstPlus < 0 ? undefined : asFilter(group, [...levels.slice(0, firstPlus), '#'], [filter])
}

function asFilter(
  group: string | undefined,
  levels: readonly string[],
  covered: readonly string[],
): TopicFilter | undefined {
  const filter = (group === undefined ? '' : `$share/${group}/`) + levels.join('/')
  const serves = filterFault(filter) === undefined && covered.every((each) => coversFilter(filter, each))
  return serves ? (filter as TopicFilter) : undefined
}

/** The grants with one more filter in a list, without those that it covers. */
export function widen(grants: Grants, kind: keyof Grants, filter: TopicFilter): Grants {
  const others = grants[kind].filter((each) => !coversFilter(filter, each))
  return { ...grants, [kind]: [...others, filter] }
}

/** More filters than this cannot fit 2,048 characters, so such widenings are not tried. */
const mostFilters = 90

/**
 * Fewer and wider grants, the narrowest widening first: one level becomes `+` (`devices/+/state` for many devices), then everything
 * below a common prefix (`devices/#`).
 */
export function* widenings(grants: Grants): Generator<Grants> {
  const all = grantKinds.flatMap((kind) => grants[kind])
  const depth = Math.max(0, ...all.map((filter) => filter.split('/').length))
  const ways: ((levels: readonly string[]) => readonly string[])[] = []
  for (let index = depth - 1; index >= 0; index--) ways.push((levels) => levels.toSpliced(index, 1, '+'))
  for (let index = depth - 1; index >= 1; index--) ways.push((levels) => [...levels.slice(0, index), '#'])
  for (const wider of ways) {
    const wide = byKind((kind) => mergeGroups(grants[kind], wider))
    if (grantKinds.every((kind) => wide[kind].length <= mostFilters)) yield wide
  }
}

/** Replaces groups of at least two filters that widen to the same filter. */
function mergeGroups(
  filters: readonly TopicFilter[],
  wider: (levels: readonly string[]) => readonly string[],
): readonly TopicFilter[] {
  const widened = filters.map((filter) => {
    return filter.startsWith('$share/') ? filter : (asFilter(undefined, wider(filter.split('/')), [filter]) ?? filter)
  })
  const counts = new Map<TopicFilter, number>()
  for (const filter of widened) counts.set(filter, (counts.get(filter) ?? 0) + 1)
  const merged = filters.map((filter, index) => {
    const group = widened[index] ?? filter
    return (counts.get(group) ?? 0) > 1 ? group : filter
  })
  return [...new Set(merged)]
}
