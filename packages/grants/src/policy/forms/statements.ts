import { resourceArn } from '../iam/arn.js'
import { includesGlob, wildcard } from '../iam/glob.js'
import type { Statement } from '../iam/policy-document.js'
import type { Action, ActionGrants, TranslatedFilter } from '../translation/action-grants.js'
import type { ResourceActions, StatementDraft } from './statement-draft.js'

/** The input of all forms besides the grants. */
export interface Scope {
  /** The prefix of every ARN. */
  readonly head: string
  readonly clientIdPrefix: string
}

/** Each topic pattern as an ARN, with the actions that are allowed on it; filters in `skip` are left out. */
export function topicResources(
  byAction: readonly ActionGrants[],
  head: string,
  skip?: ReadonlySet<string>,
): readonly ResourceActions[] {
  const entries = new Map<string, { readonly needed: Set<Action>; readonly harmless: Set<Action> }>()
  for (const { action, type, filters } of byAction) {
    if (type !== 'topic') continue
    const named = filters.filter(({ filter }) => !skip?.has(filter))
    for (const one of named) {
      const { needed, harmless } = entries.get(one.allow) ?? { needed: new Set(), harmless: new Set() }
      harmless.add(action)
      if (!isRedundant(one, named)) needed.add(action)
      entries.set(one.allow, { needed, harmless })
    }
  }
  return [...entries].flatMap(([glob, { needed, harmless }]) => {
    return needed.size === 0 ? [] : [{ resource: resourceArn(head, 'topic', glob), needed, harmless }]
  })
}

/** `$aws/+` as a pattern, `$aws/*`, also matches everything of `$aws/+/#`: the pattern of the latter need not be named. */
function isRedundant({ allow }: TranslatedFilter, named: readonly TranslatedFilter[]): boolean {
  return named.some(
    (other) => other.allow !== allow && other.allow.includes(wildcard) && includesGlob(other.allow, allow),
  )
}

/** The topic filters as ARNs. */
export function subscribeDraft(
  byAction: readonly ActionGrants[],
  head: string,
  skip?: ReadonlySet<string>,
): StatementDraft {
  const filters = byAction.flatMap((actionGrants) => (actionGrants.type === 'topicfilter' ? actionGrants.filters : []))
  const resources = filters.filter(({ filter }) => !skip?.has(filter))
  return {
    actions: resources.length === 0 ? [] : ['iot:Subscribe'],
    resources: resources
      .filter((one) => !isRedundant(one, resources))
      .map(({ allow }) => resourceArn(head, 'topicfilter', allow)),
  }
}

/** The user's own client IDs. */
export function connectDraft({ clientIdPrefix, head }: Scope): StatementDraft {
  return { actions: ['iot:Connect'], resources: [resourceArn(head, 'client', clientIdPrefix + wildcard)] }
}

/** Merges drafts into one statement. No action applies to the resource type of another one, so the meaning does not change. */
export function allowStatement(...drafts: readonly StatementDraft[]): Statement {
  return {
    Effect: 'Allow',
    Action: [...new Set(drafts.flatMap(({ actions }) => actions))],
    Resource: drafts.flatMap(({ resources }) => resources),
  }
}
