import { resourceArn } from '../iam/arn.js'
import type { Statement } from '../iam/policy-document.js'
import type { ActionGrants } from '../translation/action-grants.js'
import { chooseDenies } from '../translation/chosen-denies.js'
import { requiredDenies } from '../translation/required-denies.js'
import { packStatements } from './packing.js'
import { denyTyped } from './plain-form.js'
import { type SharedArn, sharedArnsOf } from './shared-arns.js'
import type { StatementDraft } from './statement-draft.js'
import { allowStatement, connectDraft, type Scope, subscribeDraft, topicResources } from './statements.js'

/**
 * The shortest form, for grants that do not fit the readable ones. A filter that is both a topic and a topic filter is written once: an
 * ARN that ends in `*` and `/a/b` instead of `topic/a/b` and `topicfilter/a/b`. It also matches every name that ends in `/a/b`, all of
 * them deeper than `a/b`; a Deny on deeper names removes them, if it removes no granted name. Undefined if no filter can be written this
 * way.
 */
export function denseForm(byAction: readonly ActionGrants[], scope: Scope): readonly Statement[] | undefined {
  const { head } = scope
  const sharedArns = sharedArnsOf(byAction)
  if (sharedArns.length === 0) return undefined
  const skip = new Set(sharedArns.map(({ filter }) => filter))
  const plainRequired = requiredDenies(byAction, skip)
  if ('conflict' in plainRequired) return undefined
  const denies = chooseDenies([...plainRequired, ...sharedArns.flatMap(({ required }) => required)], byAction)
  const plain = packStatements(topicResources(byAction, head, skip))
  const subscribe = subscribeDraft(byAction, head, skip)
  const [first, ...others] = denseDrafts(sharedArns, plain, head)
  const [lone, ...loners] = plain.filter((draft) => !host(draft, [first, ...others]))
  const anyType = denies.filter(({ type }) => type === 'any')
  const typed = denies.filter(({ type }) => type !== 'any')
  return [
    // iot:Connect never shares a statement with ARNs of any type: they would match client IDs.
    allowStatement(connectDraft(scope), ...(lone ? [lone] : [])),
    ...loners.map((draft) => allowStatement(draft)),
    allowStatement(first, subscribe),
    ...others.map((draft) => allowStatement(draft)),
    ...denyTyped(typed, head),
    ...(anyType.length === 0
      ? []
      : [
          {
            Effect: 'Deny' as const,
            NotAction: 'iot:Connect',
            Resource: anyType.map(({ type, glob }) => resourceArn(head, type, glob)),
          },
        ]),
  ]
}

/** One statement for each set of actions; plain topics with the same actions join it. */
function denseDrafts(
  sharedArns: readonly SharedArn[],
  plain: readonly StatementDraft[],
  head: string,
): [StatementDraft, ...StatementDraft[]] {
  const drafts = new Map<string, { readonly actions: readonly string[]; readonly resources: string[] }>()
  for (const { actions, allow } of sharedArns) {
    const key = actions.join()
    const draft = drafts.get(key) ?? { actions, resources: [] }
    draft.resources.push(resourceArn(head, 'any', allow))
    drafts.set(key, draft)
  }
  for (const draft of plain) host(draft, [...drafts.values()])?.resources.push(...draft.resources)
  return [...drafts.values()] as unknown as [StatementDraft, ...StatementDraft[]]
}

/** The dense statement with the same actions plus iot:Subscribe, which has no effect on a topic. */
function host<T extends StatementDraft>(draft: StatementDraft, hosts: readonly T[]): T | undefined {
  const wanted = [...draft.actions].sort().join()
  return hosts.find(
    ({ actions }) =>
      actions
        .filter((action) => action !== 'iot:Subscribe')
        .sort()
        .join() === wanted,
  )
}
