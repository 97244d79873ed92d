import type { GrantReference } from './errors.js'
import type { Grants } from './grants.js'
import { denialsFor, needsOf } from './iam/denials.js'
import { denseForm } from './iam/dense-form.js'
import type { Scope } from './iam/form.js'
import { plainForm } from './iam/plain-form.js'
import { renderPolicy, sessionPolicyLimit } from './iam/policy-document.js'
import { type Right, rightsOf } from './iam/rights.js'

/** A document that says the grants exactly; it may still be too long. */
export interface Compiled {
  readonly document: string
  readonly form: 'plain' | 'dense'
}

/** One grant that IAM cannot say, or two that rule each other out. */
export interface Refused {
  readonly refused: readonly GrantReference[]
}

/** Grants that no form can fit into the limit, whatever the Denies: not worth compiling. */
export interface Hopeless {
  /** A lower bound. */
  readonly characters: number
}

/** Says the grants in IAM's words: readable while that fits the limit, else as short as possible. */
export function compile(grants: Grants, scope: Scope): Compiled | Refused | Hopeless {
  const rights = rightsOf(grants)
  if ('inexpressible' in rights) return { refused: [rights.inexpressible] }
  const characters = leastCharacters(rights)
  if (characters > sessionPolicyLimit) return { characters }
  const needs = needsOf(rights)
  if ('contradiction' in needs) return { refused: needs.contradiction }
  const plain: Compiled = { document: renderPolicy(plainForm(rights, denialsFor(needs, rights), scope)), form: 'plain' }
  if (plain.document.length <= sessionPolicyLimit) return plain
  const statements = denseForm(rights, scope)
  if (!statements) return plain
  const dense: Compiled = { document: renderPolicy(statements), form: 'dense' }
  return dense.document.length < plain.document.length ? dense : plain
}

/** One ARN for each pattern, and what every document has. Bounds the time that a request can cost. */
function leastCharacters(rights: readonly Right[]): number {
  const frame = 300
  const globs = new Set(rights.flatMap(({ rules }) => rules.map(({ allow }) => allow)))
  return [...globs].reduce((sum, glob) => sum + glob.length + '"arn:aws:iot:*:*:*/",'.length, frame)
}
