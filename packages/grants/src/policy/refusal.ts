import { GrantError } from '../errors.js'
import { type GrantReference, type Grants, grantKinds } from '../grant-types.js'
import { sessionPolicyLimit } from '../limits.js'
import { type Compiled, type CompileScope, compile } from './compile.js'
import { policyText } from './iam/policy-document.js'
import { estimatePackedSize } from './packed-size.js'
import { type SessionPolicyOptions, scopeOf } from './scope.js'
import { join, openFromPlus, widen, widenings } from './widening.js'

/** The error for grants that IAM cannot express: a single grant, or two that exclude each other. */
export function inexpressible(grants: Grants, blamed: readonly GrantReference[], scope: CompileScope): GrantError {
  const [one, other] = blamed as [GrantReference, GrantReference | undefined]
  const suggestion = suggestionFor(grants, blamed, scope)
  const what = other
    ? `IAM cannot express ${named(one)} together with ${named(other)}: ${quoted(one)} requires a Deny, because IAM's "*" also matches slashes and "$", and that Deny would remove topics that ${quoted(other)} grants.`
    : `IAM cannot express ${named(one)}: with a "+" before further levels and a trailing "#", its topics cannot be separated from deeper ones.`
  return new GrantError('inexpressible_grants', what, {
    value: one.filter,
    grants: blamed,
    remedy: suggestion
      ? `Grant ${described(suggestion.added)} instead, which is wider; or replace "+" by explicit levels${other ? ', or request the two in separate credentials' : ''}.`
      : 'Request the two in separate credentials, or replace the wildcard by explicit levels.',
    ...(suggestion ? { suggestion: suggestion.grants } : {}),
  })
}

/**
 * The error for grants whose policy STS refused because of its packed size, with the same suggestions as for one that is too long.
 *
 * @param percent The packed size that STS reported, if it did.
 */
export function packedTooLarge(grants: Grants, options: SessionPolicyOptions, percent = 101): GrantError {
  const scope = scopeOf(options)
  const compiled = compile(grants, scope)
  const size = 'document' in compiled ? estimatePackedSize(compiled.document).high : percent
  // The size that AWS reported predicts the next one better than the model does.
  const most = (size * 100) / percent
  const suggestion = firstFitting(grants, scope, (document) => estimatePackedSize(document).high <= most)
  return tooMuch(grants, suggestion, {
    message: `The packed session policy takes ${percent === 101 ? 'more than the' : `${percent} percent of the`} space that STS allows`,
  })
}

/** The error for grants that are too long for one session policy. */
export function tooLarge(grants: Grants, characters: number, atLeast: boolean, scope: CompileScope): GrantError {
  const excess = characters - sessionPolicyLimit
  const suggestion = firstFitting(grants, scope)
  return tooMuch(grants, suggestion, {
    message: `The session policy would have ${atLeast ? 'at least ' : ''}${characters} characters, ${excess} more than STS allows`,
    excess,
  })
}

/** The first widening whose policy is short enough and passes the test. */
function firstFitting(
  grants: Grants,
  scope: CompileScope,
  test: (document: string) => boolean = () => true,
): Grants | undefined {
  for (const wider of widenings(grants)) {
    const compiled = compile(wider, scope)
    if (isFitting(compiled) && test(compiled.document)) return wider
  }
  return undefined
}

function tooMuch(
  grants: Grants,
  suggestion: Grants | undefined,
  { message, excess }: { readonly message: string; readonly excess?: number },
): GrantError {
  const costs = grantKinds
    .flatMap((kind) => grants[kind].map((filter) => ({ kind, filter, characters: costOf(kind, filter) })))
    .sort((a, b) => b.characters - a.characters)
    .slice(0, 3)
  const largest = costs.map((cost) => `${named(cost)} (${cost.characters})`).join(', ')
  const added = suggestion ? additions(suggestion, grants) : []
  return new GrantError('policy_too_large', `${message}. The largest grants: ${largest}.`, {
    ...(excess === undefined ? {} : { excess }),
    grants: costs.map(({ kind, filter }) => ({ kind, filter })),
    remedy: suggestion
      ? `Request fewer grants, or ${described(added)}, which is wider and fits.`
      : 'Request fewer grants, in several credentials if necessary.',
    ...(suggestion ? { suggestion } : {}),
  })
}

interface Suggestion {
  readonly grants: Grants
  readonly added: readonly GrantReference[]
}

/** Wider grants that do compile, or undefined. Joins conflicting grants repeatedly, because a join may conflict with a third grant. */
function suggestionFor(grants: Grants, blamed: readonly GrantReference[], scope: CompileScope): Suggestion | undefined {
  let wider = grants
  let pair = blamed
  for (let step = 0; step < 20; step++) {
    const [one, other] = pair as readonly [GrantReference, GrantReference | undefined]
    const filter = other ? join(one.filter, other.filter) : openFromPlus(one.filter)
    const known = pair.every((each) => wider[each.kind].some((given) => given === each.filter))
    if (!filter || !known) return undefined
    wider = widen(wider, one.kind, filter)
    const compiled = compile(wider, scope)
    if ('refused' in compiled) {
      pair = compiled.refused
    } else {
      return isFitting(compiled) ? { grants: wider, added: additions(wider, grants) } : undefined
    }
  }
  return undefined
}

function isFitting(compiled: ReturnType<typeof compile>): compiled is Compiled {
  return 'document' in compiled && compiled.document.length <= sessionPolicyLimit
}

function additions(wider: Grants, grants: Grants): readonly GrantReference[] {
  return grantKinds.flatMap((kind) =>
    wider[kind].filter((filter) => !grants[kind].includes(filter)).map((filter) => ({ kind, filter })),
  )
}

/** Characters of the ARNs of a grant in the readable form. */
function costOf(kind: keyof Grants, filter: string): number {
  const arn = policyText(filter).length + 'arn:aws:iot:*:*:topic/,'.length
  return kind === 'subscribe' ? 2 * arn + 'filter'.length : arn
}

function named({ kind, filter }: GrantReference): string {
  return `${kind} ${JSON.stringify(filter)}`
}

function quoted({ filter }: GrantReference): string {
  return JSON.stringify(filter)
}

function described(grants: readonly GrantReference[]): string {
  const shown = grants.slice(0, 3).map(named).join(' and ')
  return grants.length > 3 ? `${shown} and ${grants.length - 3} more` : shown
}
