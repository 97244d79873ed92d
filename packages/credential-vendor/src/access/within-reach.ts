import { beyond, type Grants } from '@topic-credentials/grants'
import { VendError } from '../errors.js'

/**
 * Refuses grants that the topic role does not cover, and names them. The grants are never reduced: a session that is narrower than its
 * grants would be hard to diagnose.
 *
 * @throws VendError `beyond_ceiling`
 */
export function requireWithin(reach: Grants, grants: Grants): void {
  const missing = beyond(reach, grants)
  if (missing.length === 0) return
  const names = missing.map(({ kind, filter }) => `${kind} "${filter}"`).join(', ')
  throw new VendError(
    'beyond_ceiling',
    `This stack cannot vend ${names}: the grant exceeds the ceiling of the stack.`,
    {
      remedy: 'Request fewer grants, or ask the operator to remove the grant or to declare a wider ceiling.',
      grants: missing,
    },
  )
}
