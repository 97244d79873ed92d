import { notSupported } from '../errors.js'
import type { IdentitySettings, Prover } from './settings.js'

/** Maximum length of a subject, in UTF-16 units. */
const longestSubject = 1024

/**
 * The user ID of a subject: the stack's prefix, then `<prover>~` unless it is the stack's first prover, then the subject. A subject of the
 * first prover that starts with the prefix of another one is refused, so no two provers can produce the same ID.
 *
 * @throws VendError `caller_not_supported` if the subject is not a usable string, or starts with the prefix of another prover
 */
export function userIdOf(prover: Prover, subject: unknown, settings: IdentitySettings): string {
  // A lone surrogate has no UTF-8 form: two such IDs would become equal.
  if (
    typeof subject !== 'string' ||
    subject === '' ||
    subject.length > longestSubject ||
    /\p{Surrogate}/u.test(subject)
  ) {
    throw notSupported(
      'The verified identity has no usable user ID.',
      'Use a stable string of 1 to 1,024 characters as the user ID, such as the "sub" claim of a token.',
    )
  }
  const [first, ...others] = proversOf(settings)
  if (prover !== first) return `${settings.userPrefix}${prover}~${subject}`
  const taken = others.map((other) => `${other}~`).find((mark) => subject.startsWith(mark))
  if (taken === undefined) return settings.userPrefix + subject
  throw notSupported(
    `The user's name begins with "${taken}", which is reserved for another prover.`,
    'Use a different name for this user.',
  )
}

/** The stack's provers. The first one names users without a prefix: tokens before backends before IAM. */
function proversOf({ provers, deployCheckRole }: IdentitySettings): readonly Prover[] {
  const named = (['jwt', 'backend', 'iam'] as const).filter((prover) => provers.has(prover))
  return deployCheckRole === undefined ? named : [...named, 'deploy-check']
}
