import { resourceArn } from '../iam/arn.js'
import { wildcard } from '../iam/glob.js'
import type { Statement } from '../iam/policy-document.js'
import type { Action, ActionGrants } from '../translation/action-grants.js'
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
  const entries = new Map<string, Set<Action>>()
  for (const { action, type, filters } of byAction) {
    if (type !== 'topic') continue
    for (const { filter, allow } of filters) {
      if (!skip?.has(filter)) entries.set(allow, (entries.get(allow) ?? new Set()).add(action))
    }
  }
  return [...entries].map(([glob, actions]) => {
    return { resource: resourceArn(head, 'topic', glob), needed: actions, harmless: actions }
  })
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
    resources: resources.map(({ allow }) => resourceArn(head, 'topicfilter', allow)),
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
