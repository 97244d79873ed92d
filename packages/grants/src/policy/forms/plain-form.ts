import { resourceArn } from '../iam/arn.js'
import type { Statement } from '../iam/policy-document.js'
import type { ActionGrants } from '../translation/action-grants.js'
import type { ChosenDeny } from '../translation/chosen-denies.js'
import { packStatements } from './packing.js'
import type { StatementDraft } from './statement-draft.js'
import { allowStatement, connectDraft, type Scope, subscribeDraft, topicResources } from './statements.js'

/** The readable forms, full and short: every filter under its own ARN, in as few statements as the actions allow. */
export function plainForm(
  byAction: readonly ActionGrants[],
  denies: readonly ChosenDeny[],
  scope: Scope,
): readonly Statement[] {
  const { head } = scope
  const [first, ...others] = packStatements(topicResources(byAction, head))
  const shared: StatementDraft[] = [connectDraft(scope), ...(first ? [first] : []), subscribeDraft(byAction, head)]
  return [allowStatement(...shared), ...others.map((draft) => allowStatement(draft)), ...denyTyped(denies, head)]
}

/** First one statement with all Denies that affect no granted action, then the others. */
export function denyTyped(denies: readonly ChosenDeny[], head: string): readonly Statement[] {
  const arnOf = ({ type, glob }: ChosenDeny) => resourceArn(head, type, glob)
  const harmless = denies.filter(isHarmless).map(arnOf)
  const limited = denies.filter((deny) => !isHarmless(deny)).map((deny) => ({ ...deny, resource: arnOf(deny) }))
  const others = packStatements(limited).map(({ actions, resources }): Statement => {
    return { Effect: 'Deny', Action: actions, Resource: resources }
  })
  return harmless.length === 0 ? others : [{ Effect: 'Deny', Action: '*', Resource: harmless }, ...others]
}

/** All four actions that name topics or filters. */
function isHarmless({ harmless }: ChosenDeny): boolean {
  return harmless.size === 4
}
