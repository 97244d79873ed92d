import type { GrantReference, Grants } from '../grant-types.js'
import { sessionPolicyLimit } from '../limits.js'
import type { PolicyForm } from '../policy-form.js'
import { denseForm } from './forms/dense-form.js'
import { plainForm } from './forms/plain-form.js'
import { arnHead, shortArnHead } from './iam/arn.js'
import { renderPolicy, type Statement } from './iam/policy-document.js'
import { type ActionGrants, grantsByAction } from './translation/action-grants.js'
import { type ChosenDeny, chooseDenies } from './translation/chosen-denies.js'
import { requiredDenies } from './translation/required-denies.js'

/** The user and the location to compile for. */
export interface CompileScope {
  readonly partition: string
  /** Without Region and account, the full form is not available. */
  readonly region?: string | undefined
  readonly accountId?: string | undefined
  readonly clientIdPrefix: string
  /** Whether the dense form is allowed. */
  readonly dense: boolean
}

/** A document that expresses the grants exactly; it may still be too long. */
export interface Compiled {
  readonly document: string
  readonly form: PolicyForm
}

/** One grant that IAM cannot express, or two that conflict. */
export interface NotExpressible {
  readonly refused: readonly GrantReference[]
}

/** Grants that exceed the limit in every form, even without Denies. They are not compiled. */
export interface TooLong {
  /** A lower bound. */
  readonly characters: number
}

/** Compiles the grants to the safest form that fits the limit; to the shortest form if none fits. */
export function compile(grants: Grants, scope: CompileScope): Compiled | NotExpressible | TooLong {
  const byAction = grantsByAction(grants)
  if ('inexpressible' in byAction) return { refused: [byAction.inexpressible] }
  const characters = leastCharacters(byAction)
  if (characters > sessionPolicyLimit) return { characters }
  const required = requiredDenies(byAction)
  if ('conflict' in required) return { refused: required.conflict }
  let shortest: Compiled | undefined
  for (const compiled of forms(byAction, chooseDenies(required, byAction), scope)) {
    if (compiled.document.length <= sessionPolicyLimit) return compiled
    if (!shortest || compiled.document.length < shortest.document.length) shortest = compiled
  }
  return shortest ?? { characters }
}

/** The forms in order of safety, each rendered on demand. */
export function* forms(
  byAction: readonly ActionGrants[],
  denies: readonly ChosenDeny[],
  { partition, region, accountId, clientIdPrefix, dense }: CompileScope,
): Generator<Compiled, void> {
  const written = (form: PolicyForm, statements: readonly Statement[]) => ({ form, document: renderPolicy(statements) })
  if (region !== undefined && accountId !== undefined) {
    const scope = { head: arnHead({ partition, region, accountId }), clientIdPrefix }
    yield written('full', plainForm(byAction, denies, scope))
  }
  const scope = { head: shortArnHead(partition), clientIdPrefix }
  yield written('short', plainForm(byAction, denies, scope))
  const statements = dense ? denseForm(byAction, scope) : undefined
  if (statements) yield written('dense', statements)
}

/** A lower bound: one ARN for each pattern, plus what every document contains. It limits the cost of a request. */
function leastCharacters(byAction: readonly ActionGrants[]): number {
  const frame = 120
  const globs = new Set(byAction.flatMap(({ filters }) => filters.map(({ allow }) => allow)))
  return [...globs].reduce((sum, glob) => sum + glob.length + '"arn:aws:iot:*:*:*/",'.length, frame)
}
