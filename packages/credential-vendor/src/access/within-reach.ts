import { beyond, type Grants } from '@topic-credentials/grants'
import { VendError } from '../errors.js'

/**
 * Refuses, by name, what the topic role does not reach. It is never cut: a session that is quietly narrower than what was granted would
 * be a riddle.
 *
 * @throws VendError `beyond_ceiling`
 */
export function requireWithin(reach: Grants, grants: Grants): void {
  const missing = beyond(reach, grants)
  if (missing.length === 0) return
  const names = missing.map(({ kind, filter }) => `${kind} "${filter}"`).join(', ')
  throw new VendError('beyond_ceiling', `This stack cannot vend ${names}: it is beyond the stack's ceiling.`, {
    remedy: 'Ask for less, or ask the operator to withdraw the grant or to declare a wider ceiling.',
    grants: missing,
  })
}
