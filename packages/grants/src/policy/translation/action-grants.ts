import type { GrantKind, GrantReference, Grants } from '../../grant-types.js'
import { coversFilterFast } from '../../mqtt/literal-ends.js'
import { parseSubscription } from '../../mqtt/topic-filter.js'
import { NameSet, type NameType } from './name-set.js'
import { type Translation, translate } from './translation.js'

/** The IoT actions that name a topic or a topic filter. */
export const topicActions = ['iot:Publish', 'iot:Receive', 'iot:RetainPublish'] as const
export type Action = (typeof topicActions)[number] | 'iot:Subscribe'

/** One filter that an action is allowed on, translated to IAM patterns. */
export interface TranslatedFilter extends Translation {
  /** What the action is allowed on; for iot:Receive without `$share/<group>/`. */
  readonly filter: string
  /** The original grant. */
  readonly grant: string
  readonly names: NameSet
}

/** Everything that one action is allowed on, without filters that another one covers. */
export interface ActionGrants {
  readonly action: Action
  readonly kind: GrantKind
  readonly type: NameType
  readonly filters: readonly TranslatedFilter[]
}

/** A grant that no IAM policy can express. */
export interface Inexpressible {
  readonly inexpressible: GrantReference
}

/** Splits grants by action, or returns a grant that no IAM policy can express. */
export function grantsByAction(grants: Grants): readonly ActionGrants[] | Inexpressible {
  // Keyed by the filter that iot:Receive needs; the first of several grants wins.
  const grantOf = new Map(grants.subscribe.map((grant) => [parseSubscription(grant).filter, grant] as const).reverse())
  const wanted: readonly [Action, GrantKind, NameType, readonly string[]][] = [
    ['iot:Publish', 'publish', 'topic', grants.publish],
    ['iot:Receive', 'subscribe', 'topic', [...grantOf.keys()]],
    ['iot:RetainPublish', 'retain', 'topic', grants.retain],
    ['iot:Subscribe', 'subscribe', 'topicfilter', grants.subscribe],
  ]
  const byAction: ActionGrants[] = []
  for (const [action, kind, type, given] of wanted) {
    const filters: TranslatedFilter[] = []
    for (const filter of widest(given)) {
      const translation = translate(filter, type)
      const grant = action === 'iot:Receive' ? (grantOf.get(filter) ?? filter) : filter
      if (!translation) return { inexpressible: { kind, filter: grant } }
      filters.push({ filter, grant, names: new NameSet(filter, type), ...translation })
    }
    byAction.push({ action, kind, type, filters })
  }
  return byAction
}

/** The filters that no other one covers, in a fixed order, so that the same grants always give the same document. */
function widest(filters: readonly string[]): readonly string[] {
  const distinct = [...new Set(filters)].sort()
  const wide = distinct.filter((filter) => /[+#]/u.test(filter))
  return distinct.filter((filter) => !wide.some((other) => other !== filter && coversFilterFast(other, filter)))
}
