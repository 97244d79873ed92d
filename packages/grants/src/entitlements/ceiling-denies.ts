import { type GrantKind, grantKinds, type TopicFilter } from '../grant-types.js'
import { grantsByAction } from '../policy/translation/action-grants.js'
import { type ChosenDeny, chooseDenies } from '../policy/translation/chosen-denies.js'
import { requiredDenies } from '../policy/translation/required-denies.js'
import { openFromPlus } from '../policy/widening.js'
import type { Template } from './template.js'

/** A template of which the role reaches more than anybody can be given by it, and why. */
export interface WiderTemplate {
  readonly template: string
  readonly reason: string
}

/** What takes away again that the ceiling's `*` crosses slashes and reaches `$aws/…`. */
export interface ExactnessDenies {
  readonly denies: readonly ChosenDeny[]
  readonly wider: readonly WiderTemplate[]
}

const deeperReason =
  'no Deny can tell its topics from deeper ones, with a "#" behind a variable or "+" and further levels'

/** A level with a variable in it counts as `+`, so that no Deny cuts into what some user can be granted. */
export function exactnessDenies(templates: readonly Template[]): ExactnessDenies {
  const groups = templates.filter(({ text }) => /^\$share\/[^/]*\$\{/u.test(text))
  if (groups.length > 0) {
    const reason = 'the share group has a variable in it, so nothing is denied to any user'
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
    leaveOut(filter, `a Deny would cut into ${names.get(other.filter) ?? other.filter}`)
    skip.add(filter)
    skip.add(filter.replace(/^\$share\/[^/]*\//u, ''))
  }
}

function opened({ parts }: Template): TopicFilter {
  const text = parts.map((part) => (typeof part === 'string' ? part : '\0')).join('')
  const levels = text.split('/').map((level) => (level.includes('\0') ? '+' : level))
  return levels.join('/') as TopicFilter
}

/** More than the filter reaches, and something that can be said. */
function openEnd(filter: TopicFilter): TopicFilter {
  return openFromPlus(filter) ?? ('#' as TopicFilter)
}
