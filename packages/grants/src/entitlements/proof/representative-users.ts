import type { Entitlements } from '../entitlements.js'
import type { User } from '../values.js'

/** Names that mean something to IAM, to MQTT, to JSON or to an ARN, among plain ones. */
const names = [
  'alice',
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

/** Plain and hostile users, and one for each text that the templates have in a level: who is called so might be taken for it. */
export function representativeUsers({ rules }: Entitlements): readonly User[] {
  const templates = rules.flatMap((rule) => rule.templates)
  const literals = templates.flatMap(({ parts }) =>
    parts.flatMap((part) =>
      typeof part === 'string' ? part.split('/').filter((level) => /^[^$+#]+$/u.test(level)) : [],
    ),
  )
  const variables = templates.flatMap(({ parts }) =>
    parts.flatMap((part) => (typeof part === 'string' ? [] : [part.variable])),
  )
  const claimNames = [...new Set(variables)].filter((name) => name.startsWith('claims.'))
  return [...new Set([...names, ...literals])].map((userId) => ({
    userId,
    claims: Object.fromEntries(claimNames.map((name) => [name.slice('claims.'.length), userId === '*' ? '?' : 'x'])),
  }))
}
