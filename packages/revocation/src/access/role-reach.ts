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
 * @returns a function that finds the grants of a rule beyond the policy
 */
export async function roleReach(iam: IAMClient, roleName: string): Promise<(rule: Rule) => readonly GrantReference[]> {
  const text = await readPolicy(iam, roleName, ceilingName)
  if (text === undefined) return () => []
  // Its Deny statements apply to all users whatever their grants, so only the Allow statements matter.
  const allows = (document: PolicyDocument) => document.Statement.filter(({ Effect }) => Effect === 'Allow')
  const ceiling = allows(JSON.parse(text) as PolicyDocument)
  const [, partition = 'aws', , region = '', accountId = ''] =
    /^arn:([^:]*):(iot):([^:]*):([^:]*):/u.exec([ceiling[0]?.Resource ?? ''].flat()[0] ?? '') ?? []
  const scope = { partition, region, accountId }
  return (rule) =>
    rule.templates.flatMap((template) => {
      const needed = ceilingPolicy({ rules: [{ ...rule, templates: [template] }], singleValued: new Set() }, scope)
      const reached = allows(needed as PolicyDocument).every(({ Action, Resource }) =>
        [Resource].flat().every((one) => isReached(ceiling, String(Action), String(one))),
      )
      return reached ? [] : [{ kind: template.kind, filter: template.text }]
    })
}

function isReached(ceiling: PolicyDocument['Statement'], action: string, resource: string): boolean {
  return ceiling
    .filter(({ Action }) => [Action].flat().includes(action))
    .some(({ Resource }) => [Resource].flat().some((pattern) => includes(pattern, resource)))
}

/** Whether `pattern` matches everything that `glob` matches: stars of `pattern` match any text, including stars of `glob`. */
function includes(pattern: string, glob: string): boolean {
  const pieces = pattern.split(/(\$\{[*?$]\}|\*)/u)
  const source = pieces
    .map((piece) => (piece === '*' ? '.*' : piece.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&')))
    .join('')
  return new RegExp(`^${source}$`, 'su').test(glob)
}
