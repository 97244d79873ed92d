import type { AccessItem } from '../stack/access-item.js'
import type { DeployedStack } from '../stack/deployed-stack.js'
import { type Outcome, undecided } from './outcome.js'
import { mustAllow, mustRefuse, type TrialResult } from './trial-result.js'

/**
 * Tests that the access table takes effect at the next vend: the check revokes the access of its own role, then grants it a topic beyond the
 * ceiling, then deletes the item. No other trial can run meanwhile, because it would be refused.
 */
export async function tableTrials(stack: DeployedStack, item: AccessItem): Promise<TrialResult[]> {
  const { beyondCeiling } = item
  try {
    const results = [
      mustRefuse('write another item of the access table', await item.writeAnother()),
      mustRefuse('request credentials with a revoked mark', await vendWith(await item.revoke(), stack, 'revoked')),
    ]
    if (beyondCeiling !== undefined) {
      const outcome = await vendWith(await item.grant(beyondCeiling), stack, 'beyond_ceiling')
      results.push(mustRefuse(`request credentials with a grant of ${beyondCeiling} beyond the ceiling`, outcome))
    }
    const removed = await item.remove()
    const again = removed.kind === 'allowed' ? (await stack.vend({})).outcome : removed
    return [...results, mustAllow('request credentials without the mark', again)]
  } finally {
    await item.remove()
  }
}

/** Vends, and accepts only a refusal with this code: any other refusal has a different cause. */
async function vendWith(written: Outcome, stack: DeployedStack, code: string): Promise<Outcome> {
  if (written.kind !== 'allowed') return undecided(`the item could not be written: ${written.how}`)
  const { outcome } = await stack.vend({})
  return outcome.kind === 'refused' && !outcome.how.includes(code) ? undecided(outcome.how) : outcome
}
