import type { Rule } from '../entitlements.js'
import type { User } from '../values.js'

const plainName = 'alice'
/** Names with a special meaning in IAM, MQTT, JSON or ARNs, and one that starts with the plain name. */
const hostileNames = [
  'alice2',
  '*',
  '?',
  '${aws:userid}',
  '${*}',
  ':',
  'x:topic',
  'Dev~alice@example.com',
  '日本',
  'x'.repeat(70),
]

/**
 * Users for whom a set of rules is proved: plain and hostile names, and each literal level of the templates as a name, because a topic
 * of such a user could coincide with the literal one.
 *
 * @param turn selects one hostile name instead of all of them
 */
export function representativeUsers(rules: readonly Rule[], turn?: number): readonly User[] {
  const parts = rules.flatMap((rule) => rule.templates.flatMap((template) => template.parts))
  const literals = parts.flatMap((part) =>
    typeof part === 'string' ? part.split('/').filter((level) => /^[^$+#]+$/u.test(level)) : [],
  )
  const variables = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.variable]))
  const claimNames = [...new Set(variables)].filter((name) => name.startsWith('claims.'))
  const hostile = turn === undefined ? hostileNames : hostileNames.slice(turn % hostileNames.length).slice(0, 1)
  return [...new Set([plainName, ...hostile, ...literals])].map((userId) => ({
    userId,
    claims: Object.fromEntries(claimNames.map((name) => [name.slice('claims.'.length), userId === '*' ? '?' : 'x'])),
  }))
}
