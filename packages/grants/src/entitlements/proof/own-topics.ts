import { EntitlementError } from '../../errors.js'
import type { GrantKind, TopicFilter } from '../../grant-types.js'
import { parseSubscription } from '../../mqtt/topic-filter.js'
import { encodeUserId } from '../../user-id.js'
import type { Entitlements } from '../entitlements.js'
import { fillTemplate, type Template } from '../template.js'
import { type Variable, variablesOf } from '../template-parts.js'

/** Two templates that grant the same topic to two users, although both contain the user ID. */
export interface SharedTopic {
  readonly kind: GrantKind
  readonly users: readonly [string, string]
  readonly templates: readonly [string, string]
  /** The two expanded filters. */
  readonly filters: readonly [string, string]
}

/**
 * Finds a topic that belongs to two of the users: both get it from templates of one kind that contain the user ID. Publishing to a topic of
 * another user is a different case and can be intended.
 */
export function sharedOwnTopic({ rules }: Entitlements, userIds: readonly string[]): SharedTopic | undefined {
  // Hundreds of rules can share one template.
  const own = distinct(rules.flatMap(({ templates }) => templates).filter(hasUserId))
  // One user's ID can equal the encoded ID of another user.
  const namesakes = own.some((template) => names(template, 'encodedUserId')) ? userIds.map(encodeUserId) : []
  const filled = own.flatMap((template) =>
    [...new Set([...userIds, ...namesakes])].flatMap((userId) => {
      const filter = filledFor(template, userId)
      return filter === undefined ? [] : [{ template, userId, filter }]
    }),
  )
  for (const one of filled) {
    for (const other of filled) {
      const isPair = one.template.kind === other.template.kind && one.userId < other.userId
      if (!isPair || !overlap(one.filter, other.filter)) continue
      return {
        kind: one.template.kind,
        users: [one.userId, other.userId],
        templates: [one.template.text, other.template.text],
        filters: [one.filter, other.filter],
      }
    }
  }
  return undefined
}

function distinct(templates: readonly Template[]): readonly Template[] {
  return [...new Map(templates.map((template) => [`${template.kind} ${template.text}`, template])).values()]
}

function hasUserId(template: Template): boolean {
  return names(template, 'userId') || names(template, 'encodedUserId')
}

function names({ parts }: Template, variable: Variable): boolean {
  return variablesOf(parts).includes(variable)
}

function filledFor(template: Template, userId: string): TopicFilter | undefined {
  try {
    return fillTemplate(template, (variable) => {
      if (variable === 'encodedUserId') return encodeUserId(userId)
      return variable === 'userId' ? userId : 'x'
    })
  } catch (error) {
    if (error instanceof EntitlementError) return undefined
    throw error
  }
}

/** Is there a topic that both filters match? */
function overlap(a: string, b: string): boolean {
  const [one, other] = [parseSubscription(a).filter, parseSubscription(b).filter]
  const isHidden = (wide: string, narrow: string) => /^[+#]/u.test(wide) && narrow.startsWith('$')
  if (isHidden(one, other) || isHidden(other, one)) return false
  const [left, right] = [one.split('/'), other.split('/')]
  for (let index = 0; ; index++) {
    const [x, y] = [left[index], right[index]]
    if (x === undefined || y === undefined) return x === y
    if (x === '#' || y === '#') return true
    if (x !== '+' && y !== '+' && x !== y) return false
  }
}
