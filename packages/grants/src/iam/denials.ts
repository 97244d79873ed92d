import type { GrantReference } from '../errors.js'
import type { Glob } from './glob.js'
import type { NameType } from './name-set.js'
import { type Action, firstCut, grantsAll, type Right } from './rights.js'

/** A Deny: for these actions it is needed, for those it would do no harm. */
export interface Denial {
  readonly type: NameType
  readonly glob: Glob
  readonly needed: ReadonlySet<Action>
  readonly harmless: ReadonlySet<Action>
}

/** Two grants of which one needs a Deny that takes something from the other. */
export interface Contradiction {
  readonly contradiction: readonly [GrantReference, GrantReference]
}

interface Need {
  readonly right: Right
  readonly alternatives: readonly (readonly Glob[])[]
}

/** Finds the Deny patterns that make the rights exact and cut into none of them; or the two grants that rule each other out. */
export function denialsOf(rights: readonly Right[]): readonly Denial[] | Contradiction {
  const needs: Need[] = []
  for (const right of rights) {
    for (const rule of right.rules) {
      for (const { alternatives } of rule.excesses) {
        const narrow = alternatives[0] as readonly Glob[]
        if (narrow.every((glob) => grantsAll(right, glob))) continue
        const possible = alternatives.filter((globs) => globs.every((glob) => !firstCut(right, glob)))
        if (possible.length > 0) {
          needs.push({ right, alternatives: possible })
          continue
        }
        const cut = narrow.map((glob) => firstCut(right, glob)).find((found) => found !== undefined)
        const { kind } = right
        return {
          contradiction: [
            { kind, filter: rule.filter },
            { kind, filter: cut?.filter ?? rule.filter },
          ],
        }
      }
    }
  }
  return cheapest(needs).map(({ type, glob, needed }) => {
    const others = rights.filter((right) => right.type === type && !needed.has(right.action))
    const harmless = others.filter((right) => !firstCut(right, glob)).map((right) => right.action)
    return { type, glob, needed, harmless: new Set([...needed, ...harmless]) }
  })
}

interface Choice {
  readonly type: NameType
  readonly glob: Glob
  readonly needed: Set<Action>
}

/** What an ARN costs besides its text: quotes, comma, `arn:aws:iot:*:*:topic/`. */
const arnCharacters = 25

/** A small set of patterns that answers every need: first those that save most by answering several needs at once. */
function cheapest(needs: readonly Need[]): readonly Choice[] {
  const chosen = new Map<string, Choice>()
  const choose = (right: Right, glob: Glob) => {
    const key = `${right.type}/${glob}`
    const choice = chosen.get(key) ?? { type: right.type, glob, needed: new Set() }
    choice.needed.add(right.action)
    chosen.set(key, choice)
  }
  const alone = (need: Need) => Math.min(...need.alternatives.map(cost))
  let open = needs
  while (open.length > 0) {
    const savings = new Map<string, number>()
    for (const need of open) {
      for (const globs of need.alternatives) {
        if (globs.length !== 1) continue
        const key = `${need.right.type}/${globs[0]}`
        savings.set(key, (savings.get(key) ?? -cost(globs)) + alone(need))
      }
    }
    const [best] = [...savings].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    if (!best || best[1] <= 0) break
    const answers = (need: Need) =>
      need.alternatives.find((globs) => globs.length === 1 && `${need.right.type}/${globs[0]}` === best[0])
    for (const need of open) for (const glob of answers(need) ?? []) choose(need.right, glob)
    open = open.filter((need) => !answers(need))
  }
  for (const need of open) {
    const least = [...need.alternatives].sort((a, b) => cost(a) - cost(b))[0] ?? []
    for (const glob of least) choose(need.right, glob)
  }
  return [...chosen.values()]
}

function cost(globs: readonly Glob[]): number {
  return globs.reduce((sum, glob) => sum + glob.length + arnCharacters, 0)
}
