import { type Glob, wildcard } from '../iam/glob.js'
import type { Action, ActionGrants } from '../translation/action-grants.js'
import { type DenyPattern, firstCut } from '../translation/deny-pattern.js'
import type { RequiredDeny } from '../translation/required-denies.js'
import { deeper, translate } from '../translation/translation.js'

/** One ARN of any resource type that serves as a topic and as a topic filter. */
export interface SharedArn {
  readonly filter: string
  readonly allow: Glob
  /** What is allowed on it, iot:Subscribe included. */
  readonly actions: readonly Action[]
  /** What must be denied because `*` + `/a/b` matches more than `a/b`. */
  readonly required: readonly RequiredDeny[]
}

/** The filters that can be written this way without a Deny that removes a granted name. */
export function sharedArnsOf(byAction: readonly ActionGrants[]): readonly SharedArn[] {
  const subscribed = byAction.flatMap((actionGrants) =>
    actionGrants.type === 'topicfilter' ? actionGrants.filters : [],
  )
  const candidates = subscribed.filter(({ filter }) => !/^([+#]|\$share\/)|#$/u.test(filter))
  const prefixes = sharedPrefixes(candidates.map(({ filter }) => literalStart(filter)))
  const removesNothing = (pattern: DenyPattern) => !byAction.some((actionGrants) => firstCut(actionGrants, pattern))
  return candidates.flatMap(({ filter, allow }) => {
    const actions = byAction
      .filter((actionGrants) => actionGrants.filters.some((translated) => translated.filter === filter))
      .map(({ action }) => action)
    if (actions.length < 2) return []
    const required = overmatchesOf(filter, allow, prefixes).map((alternatives): RequiredDeny => {
      return { actions, alternatives: alternatives.filter((patterns) => patterns.every(removesNothing)) }
    })
    return required.every(({ alternatives }) => alternatives.length > 0) ? [{ filter, allow, actions, required }] : []
  })
}

/** Names that an ARN of any type matches besides the filter's own: `x/a/b`, and what a `+` matches across slashes. */
function overmatchesOf(
  filter: string,
  allow: Glob,
  prefixes: readonly string[],
): readonly (readonly DenyPattern[])[][] {
  const levels = filter.split('/')
  const start = literalStart(filter)
  const within = prefixes.filter((prefix) => start.startsWith(prefix)).map((prefix) => prefix + wildcard)
  const firstLevel = levels.length > 1 ? [`${levels[0]}/${wildcard}`] : []
  const below = [allow, ...firstLevel, ...within].map((glob) => [any(`${wildcard}/${glob}`)])
  const crossing = translate(filter, 'topic')?.overmatches ?? []
  const openEnded = (translate(filter, 'topicfilter')?.overmatches ?? []).slice(crossing.length)
  return [
    [...below, [any(deeper([], levels.length))]],
    ...crossing.map(({ alternatives }) => alternatives.map((globs) => globs.map(any))),
    ...openEnded.map(({ alternatives }) =>
      alternatives.map((globs) => globs.map((glob): DenyPattern => ({ type: 'topicfilter', glob }))),
    ),
  ]
}

function any(glob: Glob): DenyPattern {
  return { type: 'any', glob }
}

/** The text before the first `+`. */
function literalStart(filter: string): string {
  return filter.split('+', 1)[0] as string
}

/** Common prefixes of neighbouring filters: one Deny below a shared prefix serves all of them. */
function sharedPrefixes(texts: readonly string[]): readonly string[] {
  const sorted = [...texts].sort()
  const shared = sorted.slice(1).map((text, index) => {
    const previous = sorted[index] as string
    let length = 0
    while (length < text.length && text[length] === previous[length]) length++
    return text.slice(0, length)
  })
  return [...new Set(shared)].filter((prefix) => prefix !== '')
}
