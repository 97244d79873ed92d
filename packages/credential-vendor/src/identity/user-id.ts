import { VendError } from '../errors.js'
import type { IdentitySettings, Prover } from './settings.js'

/** Longest subject that is taken, in UTF-16 units. */
const longestSubject = 1024

/**
 * The user ID of a subject: the stack's prefix, `<prover>~` unless it is the stack's first prover, the subject. A name of the first
 * prover that begins like another one's is refused, so no two provers can make the same ID, whatever names are chosen.
 *
 * @throws VendError `caller_not_supported` when the subject is no usable text, or begins like another prover's users
 */
export function userIdOf(prover: Prover, subject: unknown, settings: IdentitySettings): string {
  // A lone surrogate has no UTF-8 form: two such IDs would become one.
  if (
    typeof subject !== 'string' ||
    subject === '' ||
    subject.length > longestSubject ||
    /\p{Surrogate}/u.test(subject)
  ) {
    throw new VendError('caller_not_supported', 'The verified identity has no usable user ID.', {
      remedy: 'Use a stable text of 1 to 1,024 characters as the user, such as the "sub" of a token.',
    })
  }
  const [first, ...others] = proversOf(settings)
  if (prover !== first) return `${settings.userPrefix}${prover}~${subject}`
  const taken = others.map((other) => `${other}~`).find((mark) => subject.startsWith(mark))
  if (taken === undefined) return settings.userPrefix + subject
  throw new VendError(
    'caller_not_supported',
    `The user's name begins with "${taken}", as those of another prover do.`,
    {
      remedy: 'Give this user another name.',
    },
  )
}

/** The stack's provers; the first one names its users: tokens before backends before IAM. */
function proversOf({ provers, deployCheckRole }: IdentitySettings): readonly Prover[] {
  const named = (['jwt', 'backend', 'iam'] as const).filter((prover) => provers.has(prover))
  return deployCheckRole === undefined ? named : [...named, 'deploy-check']
}
