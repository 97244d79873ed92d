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
 */
export function representativeUsers(rules: readonly Rule[]): readonly User[] {
  const literals = partsOf(rules).flatMap((part) =>
    typeof part === 'string' ? part.split('/').filter((level) => /^[^$+#]+$/u.test(level)) : [],
  )
  return usersFor(rules, [plainName, ...hostileNames, ...literals])
}

/** The plain name, and the hostile name of this turn. */
export function twoUsers(rules: readonly Rule[], turn: number): readonly User[] {
  return usersFor(rules, [plainName, inTurn(hostileNames, turn)])
}

/** The name of this turn, plain or hostile. */
export function oneUser(rules: readonly Rule[], turn: number): readonly User[] {
  return usersFor(rules, [inTurn([plainName, ...hostileNames], turn)])
}

function inTurn(names: readonly string[], turn: number): string {
  return names[turn % names.length] ?? plainName
}

function usersFor(rules: readonly Rule[], names: readonly string[]): readonly User[] {
  const variables = partsOf(rules).flatMap((part) => (typeof part === 'string' ? [] : [part.variable]))
  const claimNames = [...new Set(variables)].filter((name) => name.startsWith('claims.'))
  return [...new Set(names)].map((userId) => ({
    userId,
    claims: Object.fromEntries(claimNames.map((name) => [name.slice('claims.'.length), userId === '*' ? '?' : 'x'])),
  }))
}

function partsOf(rules: readonly Rule[]) {
  return rules.flatMap((rule) => rule.templates.flatMap((template) => template.parts))
}
