import type { IAMClient } from '@aws-sdk/client-iam'
import { ceilingPolicy, type GrantReference, type Rule } from '@topic-credentials/grants'
import { readPolicy } from '../roles/role-policies.js'

interface PolicyDocument {
  readonly Statement: readonly {
    readonly Effect: string
    readonly Action: string | readonly string[]
    readonly Resource: string | readonly string[]
  }[]
}

/** Name of the topic role's inline policy that the construct creates. */
const ceilingName = 'Ceiling'

/**
 * The grants that the deployed policy of the topic role covers. A role without that policy has AWS's managed policy, which covers all.
 *
 * A grant is covered if the Allow statements include all ARNs that it needs, and no Deny statement applies to its topics: IAM's `*` also
 * matches slashes, so a ceiling such as `tenants/+` is an Allow for `tenants/*` with a Deny for deeper topics. If IAM cannot express the
 * filters of the ceiling together (`+` beside `a/#`), the policy is wider than the ceiling, and only the vendor refuses the excess.
 *
 * @returns a function that finds the grants of a rule beyond the policy
 */
export async function roleReach(iam: IAMClient, roleName: string): Promise<(rule: Rule) => readonly GrantReference[]> {
  const text = await readPolicy(iam, roleName, ceilingName)
  if (text === undefined) return () => []
  const resourcesOf = (document: PolicyDocument, effect: string, action: (one: string) => boolean) =>
    document.Statement.filter(({ Effect, Action }) => Effect === effect && [Action].flat().some(action)).flatMap(
      ({ Resource }) => [Resource].flat(),
    )
  const ceiling = JSON.parse(text) as PolicyDocument
  const [some = ''] = resourcesOf(ceiling, 'Allow', () => true)
  const [, partition = 'aws', , region = '', accountId = ''] = /^arn:([^:]*):(iot):([^:]*):([^:]*):/u.exec(some) ?? []
  const scope = { partition, region, accountId }
  // The other Deny statements are about connecting.
  const denied = resourcesOf(ceiling, 'Deny', (action) => action === '*' || action === 'iot:*')
  return (rule) =>
    rule.templates.flatMap((template) => {
      const needed = ceilingPolicy({ rules: [{ ...rule, templates: [template] }], singleValued: new Set() }, scope)
      const isAllowed = (needed as PolicyDocument).Statement.filter(({ Effect }) => Effect === 'Allow').every(
        ({ Action, Resource }) => {
          const allowed = resourcesOf(ceiling, 'Allow', (action) => action === String(Action))
          return [Resource].flat().every((one) => allowed.some((pattern) => includes(pattern, String(one))))
        },
      )
      const isDenied = examples(template).some((one) =>
        denied.some((pattern) => matchesResource(pattern, `arn:${partition}:iot:${region}:${accountId}:${one}`)),
      )
      return isAllowed && !isDenied ? [] : [{ kind: template.kind, filter: template.text }]
    })
}

/** Whether `pattern` matches everything that `glob` matches: stars of `pattern` match any text, including stars of `glob`. */
function includes(pattern: string, glob: string): boolean {
  return expression(pattern, { '*': '.*' }).test(glob)
}

/** Whether `pattern` matches this one resource, written as IAM writes it: `${*}` for an asterisk. */
function matchesResource(pattern: string, resource: string): boolean {
  return expression(pattern, { '*': '.*', '?': '.' }).test(resource)
}

function expression(pattern: string, wildcards: Readonly<Record<string, string>>): RegExp {
  const source = pattern
    .split(/(\$\{[*?$]\}|[*?])/u)
    .map((piece) => wildcards[piece] ?? piece.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&'))
    .join('')
  return new RegExp(`^${source}$`, 'su')
}

/** Levels of a topic. https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits */
const mostLevels = 8
/** A name that occurs in no policy. */
const anyName = 'x9q0z7'

/** Resources for topics and filters of a template: one for each depth, and the filter itself with its wildcards. */
function examples({ kind, text }: Pick<Rule['templates'][number], 'kind' | 'text'>): readonly string[] {
  const levels = text.split('/').map((level) => level.replaceAll(/\$\{[^}]*\}/gu, anyName))
  const isDeep = levels.at(-1) === '#'
  const literal = isDeep ? levels.slice(0, -1) : levels
  const named = literal.map((level) => (level === '+' ? anyName : level))
  const depths = isDeep ? Array.from({ length: mostLevels }, (_, depth) => depth) : [0]
  const deep = (one: readonly string[]) =>
    depths.map((depth) => [...one, ...Array<string>(depth).fill(anyName)].join('/')).filter((topic) => topic !== '')
  const filters = kind === 'subscribe' ? [levels.join('/'), ...deep(literal), ...deep(named)] : []
  return [...deep(named).map((topic) => `topic/${topic}`), ...filters.map((filter) => `topicfilter/${filter}`)].map(
    (resource) => resource.replaceAll(/[*?$]/gu, '$${$&}'),
  )
}
