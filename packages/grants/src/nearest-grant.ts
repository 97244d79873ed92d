import { type GrantKind, type GrantReference, type Grants, grantKinds } from './grant-types.js'
import { parseSubscription } from './mqtt/topic-filter.js'

/**
 * The grant that the caller probably meant: of the same kind if there is one, with the longest common prefix of levels, then the one
 * that differs in the fewest levels.
 */
export function nearestGrant(grants: Grants, kind: GrantKind, name: string): GrantReference | undefined {
  const kinds = [kind, ...grantKinds.filter((other) => other !== kind)]
  const asked = levelsOf(name)
  for (const candidate of kinds) {
    const ranked = grants[candidate]
      .map((filter) => ({ filter, rank: likeness(levelsOf(filter), asked) }))
      .sort((a, b) => b.rank - a.rank)
    const [best] = ranked
    if (best) return { kind: candidate, filter: best.filter }
  }
  return undefined
}

function likeness(levels: readonly string[], asked: readonly string[]): number {
  const fits = (index: number) => levels[index] === asked[index] || levels[index] === '+' || levels[index] === '#'
  let front = 0
  while (front < levels.length && front < asked.length && fits(front)) front++
  const fitting = levels.filter((_level, index) => index < asked.length && fits(index)).length
  return front * 1000 + fitting * 10 - Math.abs(levels.length - asked.length)
}

/** Levels without `$share/<group>/`: a request for the plain filter can be meant for the shared one, and vice versa. */
function levelsOf(name: string): readonly string[] {
  return parseSubscription(name).filter.split('/')
}
