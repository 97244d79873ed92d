import { policyText } from '../iam/policy-document.js'
import type { Action } from '../translation/action-grants.js'
import type { ResourceActions, StatementDraft } from './statement-draft.js'

type ActionSet = readonly Action[]

/** Resources with the same actions; they always stay together. */
interface ResourceClass extends Pick<ResourceActions, 'needed' | 'harmless'> {
  readonly resources: string[]
}

/** A statement with the resources assigned to it. */
interface Group {
  readonly actions: ActionSet
  readonly classes: ResourceClass[]
}

/**
 * Assigns resources to as few statements as possible: resources with the same actions share one; a resource is in two statements if that
 * saves a third. Topics have three actions, so there are at most 127 combinations; all are tried.
 */
export function packStatements(entries: readonly ResourceActions[]): readonly StatementDraft[] {
  if (entries.length === 0) return []
  const classes = classesOf(entries)
  const costs = new Map(classes.map((each) => [each, policyText(each.resources).length]))
  const cost = ({ actions, classes: own }: Group) =>
    frame + policyText(actions).length + own.reduce((sum, each) => sum + (costs.get(each) ?? 0), 0)
  let best: { readonly groups: readonly Group[]; readonly cost: number } | undefined
  for (const combination of combinations(classes)) {
    const groups = distribute(combination, classes)
    const total = groups?.reduce((sum, group) => sum + cost(group), 0)
    if (groups && total !== undefined && (!best || total < best.cost)) best = { groups, cost: total }
  }
  return (best?.groups ?? []).map(({ actions, classes: own }) => ({
    actions,
    resources: own.flatMap((each) => each.resources),
  }))
}

/** Characters of every statement. */
const frame = '{"Effect":"Allow","Action":,"Resource":},'.length

function classesOf(entries: readonly ResourceActions[]): readonly ResourceClass[] {
  const classes = new Map<string, ResourceClass>()
  for (const { resource, needed, harmless } of entries) {
    const key = [[...needed].sort(), [...harmless].sort()].join(' ')
    const own = classes.get(key) ?? { needed, harmless, resources: [] }
    own.resources.push(resource)
    classes.set(key, own)
  }
  return [...classes.values()]
}

/** The candidate sets of statements: one statement if all resources agree, otherwise every combination of action sets. */
function combinations(classes: readonly ResourceClass[]): readonly (readonly ActionSet[])[] {
  const universe = [...new Set(classes.flatMap(({ needed }) => [...needed]))].sort()
  if (classes.every(({ needed }) => needed.size === universe.length)) return [[universe]]
  return subsets(subsets(universe))
}

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  const count = 2 ** items.length - 1
  return Array.from({ length: count }, (_, bits) => items.filter((_item, index) => ((bits + 1) >> index) & 1))
}

/** Assigns each resource to the fewest action sets that serve it; undefined if the combination is not sufficient or has an unused set. */
function distribute(
  combination: readonly ActionSet[],
  classes: readonly ResourceClass[],
): readonly Group[] | undefined {
  const groups = combination.map((actions): Group => ({ actions, classes: [] }))
  for (const each of classes) {
    const usable = groups.filter(({ actions }) => actions.every((action) => each.harmless.has(action)))
    const cover = fewest(usable, each.needed)
    if (!cover) return undefined
    for (const group of cover) group.classes.push(each)
  }
  return groups.some((group) => group.classes.length === 0) ? undefined : groups
}

function fewest(usable: readonly Group[], needed: ReadonlySet<Action>): readonly Group[] | undefined {
  const covers = (groups: readonly Group[]) =>
    [...needed].every((action) => groups.some(({ actions }) => actions.includes(action)))
  for (const a of usable) if (covers([a])) return [a]
  for (const a of usable) for (const b of usable) if (covers([a, b])) return [a, b]
  return covers(usable) ? usable : undefined
}
