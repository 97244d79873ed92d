import type { Rule } from '../entitlements.js'
import type { User } from '../values.js'

const plainName = 'alice'
/** Names that mean something to IAM, to MQTT, to JSON or to an ARN, and one that begins with the plain one. */
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
 * Users to prove some rules for: plain and hostile names, and one for each text that the templates have in a level, since a user with that
 * name might be taken for it.
 *
 * @param turn chooses one hostile name in place of all of them
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
