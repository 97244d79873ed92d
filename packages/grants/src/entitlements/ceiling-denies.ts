import { type GrantKind, grantKinds, type TopicFilter } from '../grant-types.js'
import { grantsByAction } from '../policy/translation/action-grants.js'
import { type ChosenDeny, chooseDenies } from '../policy/translation/chosen-denies.js'
import { requiredDenies } from '../policy/translation/required-denies.js'
import { openFromPlus } from '../policy/widening.js'
import type { Template } from './template.js'

/** A template for which the role allows more than the template can grant to any user, with the reason. */
export interface WiderTemplate {
  readonly template: string
  readonly reason: string
}

/** Deny statements that narrow the ceiling: its `*` also matches slashes and `$aws/…`. */
export interface ExactnessDenies {
  readonly denies: readonly ChosenDeny[]
  readonly wider: readonly WiderTemplate[]
}

const deeperReason =
  'a Deny cannot separate its topics from deeper ones, because a "#" follows a variable or "+" and further levels'

/** A level that contains a variable counts as `+`, so that no Deny removes a topic that can be granted to a user. */
export function exactnessDenies(templates: readonly Template[]): ExactnessDenies {
  const groups = templates.filter(({ text }) => /^\$share\/[^/]*\$\{/u.test(text))
  if (groups.length > 0) {
    const reason = 'the share group contains a variable, so the role cannot deny the other groups'
    return { denies: [], wider: groups.map(({ text }) => ({ template: text, reason })) }
  }
  const names = new Map<string, string>()
  const filters: Record<GrantKind, TopicFilter[]> = { publish: [], subscribe: [], retain: [] }
  for (const template of templates) {
    const filter = opened(template)
    names.set(filter, template.text)
    filters[template.kind].push(filter)
  }
  const wider: WiderTemplate[] = []
  const leaveOut = (filter: string, reason: string) => wider.push({ template: names.get(filter) ?? filter, reason })
  const skip = new Set<string>()
  for (;;) {
    const byAction = grantsByAction(filters)
    if ('inexpressible' in byAction) {
      const { filter } = byAction.inexpressible
      leaveOut(filter, deeperReason)
      for (const kind of grantKinds)
        filters[kind] = filters[kind].map((each) => (each === filter ? openEnd(each) : each))
      continue
    }
    const required = requiredDenies(byAction, skip)
    if (!('conflict' in required)) return { denies: chooseDenies(required, byAction), wider }
    const [{ filter }, other] = required.conflict
    leaveOut(filter, `a Deny would also remove topics of ${names.get(other.filter) ?? other.filter}`)
    skip.add(filter)
    skip.add(filter.replace(/^\$share\/[^/]*\//u, ''))
  }
}

function opened({ parts }: Template): TopicFilter {
  const text = parts.map((part) => (typeof part === 'string' ? part : '\0')).join('')
  const levels = text.split('/').map((level) => (level.includes('\0') ? '+' : level))
  return levels.join('/') as TopicFilter
}

/** The filter with an open end where a Deny can still separate it from deeper topics. */
function openEnd(filter: TopicFilter): TopicFilter {
  return openFromPlus(filter) ?? ('#' as TopicFilter)
}
