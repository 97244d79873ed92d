import { recordOf } from '@topic-credentials/grants'
import { list, type Template, text } from './template.js'

/** One statement of an IAM policy in a template. */
export interface Statement {
  readonly logicalId: string
  readonly location: string
  readonly kind: 'trust' | 'permissions'
  /** The affected roles as the template names them: `<LogicalId>`, or a role's name. */
  readonly roles: readonly string[]
  readonly sid: string | undefined
  readonly effect: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** Uses `NotAction`, `NotResource` or `NotPrincipal`: the statement applies to everything except its entries. */
  readonly inverted: boolean
  /** Each principal as `TYPE:NAME`; only `*` for all. */
  readonly principals: readonly string[]
}

/** Every IAM statement in a template: roles' trust and inline policies, policies, managed policies. */
export function statements(template: Template): Statement[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type, Properties = {} }]) => {
    const roles = Type === 'AWS::IAM::Role' ? [`<${logicalId}>`] : attachedTo(template, logicalId)
    const of = (kind: Statement['kind'], document: unknown, path: string): Statement[] =>
      list(recordOf(document).Statement).map((statement, index) => ({
        ...parse(recordOf(statement)),
        logicalId,
        location: `Properties.${path}.Statement.${index}`,
        kind,
        roles,
      }))
    if (Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy' || Type === 'AWS::IAM::RolePolicy') {
      return of('permissions', Properties.PolicyDocument, 'PolicyDocument')
    }
    if (Type !== 'AWS::IAM::Role') return []
    return [
      ...of('trust', Properties.AssumeRolePolicyDocument, 'AssumeRolePolicyDocument'),
      ...list(Properties.Policies).flatMap((policy, index) =>
        of('permissions', recordOf(policy).PolicyDocument, `Policies.${index}.PolicyDocument`),
      ),
    ]
  })
}

/** The roles that a policy names, and the roles that name the policy. */
function attachedTo({ Resources = {} }: Template, policy: string): string[] {
  const { Roles, RoleName } = Resources[policy]?.Properties ?? {}
  const naming = Object.entries(Resources).flatMap(([id, { Properties = {} }]) =>
    list(Properties.ManagedPolicyArns).map(text).includes(`<${policy}>`) ? [`<${id}>`] : [],
  )
  return [...[...list(Roles), ...list(RoleName)].map(text), ...naming]
}

function parse(
  statement: Readonly<Record<string, unknown>>,
): Omit<Statement, 'logicalId' | 'location' | 'kind' | 'roles'> {
  return {
    sid: typeof statement.Sid === 'string' ? statement.Sid : undefined,
    effect: text(statement.Effect),
    actions: list(statement.Action).map(text),
    resources: list(statement.Resource).map(text),
    inverted: ['NotAction', 'NotResource', 'NotPrincipal'].some((key) => key in statement),
    principals:
      typeof statement.Principal === 'string'
        ? [statement.Principal]
        : Object.entries(recordOf(statement.Principal)).flatMap(([type, names]) =>
            list(names).map((name) => `${type}:${text(name)}`),
          ),
  }
}
