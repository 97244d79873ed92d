import type { GrantReference } from '../errors.js'
import type { GrantKind, Grants } from '../grants.js'
import { coversFilter } from '../mqtt-matching.js'
import { parseSubscription } from '../topic-filter.js'
import { type Allowance, allowanceOf } from './allowance.js'
import { NameSet, type NameType } from './name-set.js'

/** The IoT actions that name a topic or a topic filter. */
export const topicActions = ['iot:Publish', 'iot:Receive', 'iot:RetainPublish'] as const
export type Action = (typeof topicActions)[number] | 'iot:Subscribe'

/** One filter that an action is allowed on, said in IAM's words. */
export interface Rule extends Allowance {
  /** What the action is allowed on; for iot:Receive without `$share/<group>/`. */
  readonly filter: string
  /** The grant that it comes from, as it was written. */
  readonly grant: string
  readonly names: NameSet
}

/** Everything that one action is allowed on; filters that another one covers are gone. */
export interface Right {
  readonly action: Action
  readonly kind: GrantKind
  readonly type: NameType
  readonly rules: readonly Rule[]
}

/** A grant that IAM cannot say. */
export interface Inexpressible {
  readonly inexpressible: GrantReference
}

/** Splits grants by action; or names a grant that IAM cannot say. */
export function rightsOf(grants: Grants): readonly Right[] | Inexpressible {
  // By what it receives; the first grant of several.
  const grantOf = new Map(grants.subscribe.map((grant) => [parseSubscription(grant).filter, grant] as const).reverse())
  const wanted: readonly [Action, GrantKind, NameType, readonly string[]][] = [
    ['iot:Publish', 'publish', 'topic', grants.publish],
    ['iot:Receive', 'subscribe', 'topic', [...grantOf.keys()]],
    ['iot:RetainPublish', 'retain', 'topic', grants.retain],
    ['iot:Subscribe', 'subscribe', 'topicfilter', grants.subscribe],
  ]
  const rights: Right[] = []
  for (const [action, kind, type, filters] of wanted) {
    const rules: Rule[] = []
    for (const filter of widest(filters)) {
      const allowance = allowanceOf(filter, type)
      const grant = action === 'iot:Receive' ? (grantOf.get(filter) ?? filter) : filter
      if (!allowance) return { inexpressible: { kind, filter: grant } }
      rules.push({ filter, grant, names: new NameSet(filter, type), ...allowance })
    }
    rights.push({ action, kind, type, rules })
  }
  return rights
}

/** The filters that no other one covers, in a fixed order: the same grants always give the same document. */
function widest(filters: readonly string[]): readonly string[] {
  const distinct = [...new Set(filters)].sort()
  const wide = distinct.filter((filter) => /[+#]/u.test(filter))
  return distinct.filter((filter) => !wide.some((other) => other !== filter && coversFilter(other, filter)))
}
