import type { Block } from './form.js'
import { policyText } from './policy-document.js'
import type { Action } from './rights.js'

/** A resource that some actions must name and others may. */
export interface Entry {
  readonly resource: string
  readonly needed: ReadonlySet<Action>
  /** Includes `needed`. For an Allow the two are the same; a Deny may reach further where nothing is granted. */
  readonly harmless: ReadonlySet<Action>
}

type ActionSet = readonly Action[]

interface Group extends Block {
  readonly actions: ActionSet
  readonly resources: string[]
}

/**
 * Shares statements: entries that agree on their actions stand in one; an entry may also stand in two where that saves a
 * third. Topics have three actions, so there are at most 127 ways; all are tried.
 */
export function packGroups(entries: readonly Entry[]): readonly Block[] {
  if (entries.length === 0) return []
  const universe = [...new Set(entries.flatMap((entry) => [...entry.needed]))].sort()
  let best: { readonly groups: readonly Block[]; readonly cost: number } | undefined
  for (const family of families(universe, entries)) {
    const groups = distribute(family, entries)
    const cost = groups?.reduce((sum, group) => sum + groupCost(group), 0)
    if (groups && cost !== undefined && (!best || cost < best.cost)) best = { groups, cost }
  }
  return best?.groups ?? []
}

/** The ways to cut the work into statements: one where all entries agree, else every family of action sets. */
function families(universe: ActionSet, entries: readonly Entry[]): readonly (readonly ActionSet[])[] {
  if (entries.every(({ needed }) => needed.size === universe.length)) return [[universe]]
  return subsets(subsets(universe))
}

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  const count = 2 ** items.length - 1
  return Array.from({ length: count }, (_, bits) => items.filter((_item, index) => ((bits + 1) >> index) & 1))
}

/** Puts each entry into the fewest sets of the family that serve it; undefined where the family cannot, or has one too many. */
function distribute(family: readonly ActionSet[], entries: readonly Entry[]): readonly Group[] | undefined {
  const groups = family.map((actions): Group => ({ actions, resources: [] }))
  for (const { resource, needed, harmless } of entries) {
    const usable = groups.filter(({ actions }) => actions.every((action) => harmless.has(action)))
    const cover = fewest(usable, needed)
    if (!cover) return undefined
    for (const group of cover) group.resources.push(resource)
  }
  return groups.some(({ resources }) => resources.length === 0) ? undefined : groups
}

function fewest(usable: readonly Group[], needed: ReadonlySet<Action>): readonly Group[] | undefined {
  const covers = (groups: readonly Group[]) =>
    [...needed].every((action) => groups.some(({ actions }) => actions.includes(action)))
  for (const a of usable) if (covers([a])) return [a]
  for (const a of usable) for (const b of usable) if (covers([a, b])) return [a, b]
  return covers(usable) ? usable : undefined
}

/** Characters, save for what every statement has in common. */
function groupCost({ actions, resources }: Block): number {
  const frame = '{"Effect":"Allow","Action":,"Resource":},'.length
  return frame + policyText(actions).length + policyText(resources).length
}
