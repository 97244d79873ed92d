import type { ConditionElement } from '../conditions/condition.js'

/**
 * The kind of a policy determines its allowed elements: an `identity` policy (inline, managed or boundary) and a `session` policy contain
 * resources and no principal, a `trust` policy contains principals and no resource.
 */
export type PolicyKind = 'identity' | 'session' | 'trust'

/** Absent in a document means 2008-10-17, in which `${…}` is ordinary text. */
export type PolicyVersion = '2008-10-17' | '2012-10-17'

export type PrincipalType = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser'

/** `{ AWS: ['arn:…'], Service: ['lambda.amazonaws.com'] }`; a plain `"*"` becomes `{ AWS: ['*'] }`. */
export type PrincipalElement = Readonly<Partial<Record<PrincipalType, readonly string[]>>>

export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: PrincipalElement
  readonly NotPrincipal?: PrincipalElement
  readonly Action?: readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource?: readonly string[]
  readonly NotResource?: readonly string[]
  readonly Condition?: ConditionElement
}

/** A validated policy, with each element in its longest form: lists where IAM allows one value or a list. */
export interface PolicyDocument {
  readonly Version: PolicyVersion
  readonly Id?: string
  readonly Statement: readonly Statement[]
}
