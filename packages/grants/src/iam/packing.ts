import { oneOrMany, policyText, type Statement } from './policy-document.js'
import type { Action } from './rights.js'

/** A resource that some actions must name and others may. */
export interface Entry {
  readonly resource: string
  readonly needed: ReadonlySet<Action>
  /** Includes `needed`. For an Allow the two are the same; a Deny may reach further where nothing is granted. */
  readonly harmless: ReadonlySet<Action>
}

interface Group {
  readonly actions: readonly Action[]
  readonly resources: readonly string[]
}

/**
 * Shares statements: entries that agree on their actions stand in one; an entry may also stand in two where that saves a
 * third. Tries every family of action sets (at most 127), so the result is the shortest of its form.
 */
export function packStatements(effect: 'Allow' | 'Deny', entries: readonly Entry[]): readonly Statement[] {
  if (entries.length === 0) return []
  const universe = [...new Set(entries.flatMap((entry) => [...entry.harmless]))].sort()
  const sets = subsets(universe)
  let best: { readonly groups: readonly Group[]; readonly cost: number } | undefined
  for (const family of families(sets, entries)) {
    const groups = distribute(family, entries)
    const cost = groups?.reduce((sum, group) => sum + groupCost(group), 0)
    if (groups && cost !== undefined && (!best || cost < best.cost)) best = { groups, cost }
  }
  return (best?.groups ?? []).map(({ actions, resources }) => ({
    Effect: effect,
    Action: oneOrMany(actions),
    Resource: oneOrMany(resources),
  }))
}

function subsets(universe: readonly Action[]): readonly (readonly Action[])[] {
  const count = 2 ** universe.length
  return Array.from({ length: count - 1 }, (_, bits) => universe.filter((_action, index) => ((bits + 1) >> index) & 1))
}

/** One family where all entries agree; else every family. */
function families(
  sets: readonly (readonly Action[])[],
  entries: readonly Entry[],
): Iterable<readonly (readonly Action[])[]> {
  const first = entries[0] as Entry
  if (entries.every((entry) => same(entry.needed, first.needed))) return [[[...first.needed].sort()]]
  const count = 2 ** sets.length
  return Array.from({ length: count - 1 }, (_, bits) => sets.filter((_set, index) => ((bits + 1) >> index) & 1))
}

function same(a: ReadonlySet<Action>, b: ReadonlySet<Action>): boolean {
  return a.size === b.size && [...a].every((action) => b.has(action))
}

/** Puts each entry into the fewest sets of the family that serve it; undefined where the family cannot. */
function distribute(family: readonly (readonly Action[])[], entries: readonly Entry[]): readonly Group[] | undefined {
  const groups = family.map((actions) => ({ actions, resources: [] as string[] }))
  for (const entry of entries) {
    const usable = groups.filter((group) => group.actions.every((action) => entry.harmless.has(action)))
    const cover = fewest(usable, entry.needed)
    if (!cover) return undefined
    for (const group of cover) group.resources.push(entry.resource)
  }
  return groups.some((group) => group.resources.length === 0) ? undefined : groups
}

function fewest<T extends Group>(usable: readonly T[], needed: ReadonlySet<Action>): readonly T[] | undefined {
  const covers = (groups: readonly T[]) =>
    [...needed].every((action) => groups.some((group) => group.actions.includes(action)))
  for (const a of usable) if (covers([a])) return [a]
  for (const a of usable) for (const b of usable) if (covers([a, b])) return [a, b]
  return covers(usable) ? usable : undefined
}

function groupCost({ actions, resources }: Group): number {
  const list = (texts: readonly string[]) => policyText(oneOrMany(texts)).length
  return 40 + list(actions) + list(resources)
}
