import type { GrantReference, Grants } from '../grant-types.js'
import { sessionPolicyLimit } from '../limits.js'
import { denseForm } from './forms/dense-form.js'
import { plainForm } from './forms/plain-form.js'
import type { Scope } from './forms/statements.js'
import { renderPolicy } from './iam/policy-document.js'
import { type ActionGrants, grantsByAction } from './translation/action-grants.js'
import { chooseDenies } from './translation/chosen-denies.js'
import { requiredDenies } from './translation/required-denies.js'

/** A document that says the grants exactly; it may still be too long. */
export interface Compiled {
  readonly document: string
  readonly form: 'plain' | 'dense'
}

/** One grant that IAM cannot say, or two that conflict. */
export interface NotExpressible {
  readonly refused: readonly GrantReference[]
}

/** Grants that no form can fit into the limit, whatever the Denies: not worth compiling. */
export interface TooLong {
  /** A lower bound. */
  readonly characters: number
}

/** Says the grants in IAM's words: readable while that fits the limit, else as short as possible. */
export function compile(grants: Grants, scope: Scope): Compiled | NotExpressible | TooLong {
  const byAction = grantsByAction(grants)
  if ('inexpressible' in byAction) return { refused: [byAction.inexpressible] }
  const characters = leastCharacters(byAction)
  if (characters > sessionPolicyLimit) return { characters }
  const required = requiredDenies(byAction)
  if ('conflict' in required) return { refused: required.conflict }
  const plain: Compiled = {
    document: renderPolicy(plainForm(byAction, chooseDenies(required, byAction), scope)),
    form: 'plain',
  }
  if (plain.document.length <= sessionPolicyLimit) return plain
  const statements = denseForm(byAction, scope)
  if (!statements) return plain
  const dense: Compiled = { document: renderPolicy(statements), form: 'dense' }
  return dense.document.length < plain.document.length ? dense : plain
}

/** One ARN for each pattern, and what every document has. Bounds the time that a request can cost. */
function leastCharacters(byAction: readonly ActionGrants[]): number {
  const frame = 300
  const globs = new Set(byAction.flatMap(({ filters }) => filters.map(({ allow }) => allow)))
  return [...globs].reduce((sum, glob) => sum + glob.length + '"arn:aws:iot:*:*:*/",'.length, frame)
}
