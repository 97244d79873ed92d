import { guard, sessionArn } from '../iam/arn.js'
import type { Statement } from '../iam/policy-document.js'
import type { ActionGrants } from '../translation/action-grants.js'
import type { ChosenDeny } from '../translation/chosen-denies.js'
import { packStatements } from './packing.js'
import type { StatementDraft } from './statement-draft.js'
import { allowStatement, connectDraft, type Scope, subscribeDraft, topicResources } from './statements.js'

/** The readable form: every filter under its own ARN, in as few statements as the actions allow. */
export function plainForm(
  byAction: readonly ActionGrants[],
  denies: readonly ChosenDeny[],
  scope: Scope,
): readonly Statement[] {
  const { partition } = scope
  const [first, ...others] = packStatements(topicResources(byAction, partition))
  const shared: StatementDraft[] = [connectDraft(scope), ...(first ? [first] : []), subscribeDraft(byAction, partition)]
  return [allowStatement(...shared), ...others.map((draft) => allowStatement(draft)), ...denyTyped(denies, partition)]
}

/** The guard, with every Deny that harms no action beside it; then the others. */
export function denyTyped(denies: readonly ChosenDeny[], partition: string): readonly Statement[] {
  const reserved = guard(partition)
  const arnOf = ({ type, glob }: ChosenDeny) => sessionArn(partition, type, glob)
  const harmless = denies.filter(isHarmless)
  const limited = denies.filter((deny) => !isHarmless(deny))
  const entries = limited.map((deny) => ({ ...deny, resource: arnOf(deny) }))
  return [
    { ...reserved, Resource: [...reserved.Resource, ...harmless.map(arnOf)] },
    ...packStatements(entries).map(({ actions, resources }): Statement => {
      return { Effect: 'Deny', Action: actions, Resource: resources }
    }),
  ]
}

/** Four actions name topics or filters. */
function isHarmless({ harmless }: ChosenDeny): boolean {
  return harmless.size === 4
}
