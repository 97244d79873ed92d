import type { AccessItem } from '../stack/access-item.js'
import type { DeployedStack } from '../stack/deployed-stack.js'
import { type Outcome, undecided } from './outcome.js'
import type { TrialResult } from './trial-result.js'

/**
 * What the access table says counts at the next vend: the check shuts its own role out and lets it in again, and grants itself what the
 * ceiling does not reach. Nothing else may be tried meanwhile, since all of it would be refused.
 */
export async function tableTrials(stack: DeployedStack, item: AccessItem): Promise<TrialResult[]> {
  const { beyondCeiling } = item
  try {
    const another: TrialResult = {
      trial: 'write another item of the access table',
      expected: 'refused',
      outcome: await item.writeAnother(),
    }
    const revoked: TrialResult = {
      trial: 'request credentials with a revoked mark',
      expected: 'refused',
      outcome: await vendWith(await item.revoke(), stack, 'revoked'),
    }
    const beyond: TrialResult[] =
      beyondCeiling === undefined
        ? []
        : [
            {
              trial: `request credentials with a grant of ${beyondCeiling} beyond the ceiling`,
              expected: 'refused',
              outcome: await vendWith(await item.grant(beyondCeiling), stack, 'beyond_ceiling'),
            },
          ]
    const removed = await item.remove()
    const again = removed.kind === 'allowed' ? (await stack.vend({})).outcome : removed
    return [
      another,
      revoked,
      ...beyond,
      { trial: 'request credentials without the mark', expected: 'allowed', outcome: again },
    ]
  } finally {
    await item.remove()
  }
}

/** Any other refusal would be about something else. */
async function vendWith(written: Outcome, stack: DeployedStack, code: string): Promise<Outcome> {
  if (written.kind !== 'allowed') return undecided(`the item could not be written: ${written.how}`)
  const { outcome } = await stack.vend({})
  return outcome.kind === 'refused' && !outcome.how.includes(code) ? undecided(outcome.how) : outcome
}
