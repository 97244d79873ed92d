import { covers, type Entitlements, type Grants, grantsFor, type VendResponse } from '@topic-credentials/grants'
import type { DeployedStack } from '../stack/deployed-stack.js'
import { formTrials } from './form-trials.js'
import { allowed, refused, undecided } from './outcome.js'
import { chooseTopics, type TestTopics } from './test-topics.js'
import { confirmed, own, topicTrials } from './topic-trials.js'
import type { TrialResult } from './trial-result.js'

/**
 * Tries everything once: what must be allowed, and beside it what must be refused. What is refused because nothing works
 * at all proves nothing; so each refusal has a twin that differs from it in one thing and must be allowed.
 */
export async function runTrials(
  stack: DeployedStack,
  entitlements: Entitlements,
  nonce: string,
): Promise<TrialResult[]> {
  const everything = await stack.vend({})
  const first: TrialResult = { trial: 'ask for credentials', expected: 'allowed', outcome: everything.outcome }
  if (everything.vended === undefined) return [first]
  const { grants, userId } = everything.vended
  const excess = granted(grants, grantsFor(entitlements, { userId, userPrefix: stack.userPrefix, claims: {} }))
  const chosen = chooseTopics(grants, userId, nonce)
  const narrow = await stack.vend(chosen.ask)
  const second: TrialResult = { trial: `ask for ${asked(chosen)} alone`, expected: 'allowed', outcome: narrow.outcome }
  const { vended } = narrow
  if (vended === undefined) return [first, excess, second]
  const groups = [
    vending(stack, chosen),
    topicTrials(stack, vended, chosen, nonce),
    formTrials(stack, grants, userId, chosen, nonce),
    handshake(stack, vended, chosen, nonce),
    role(stack, userId),
  ]
  const results = [first, excess, second, ...(await Promise.all(groups)).flat()]
  // A made-up name of a hundred characters, which says nothing to a reader.
  return results.map((result) => ({ ...result, trial: result.trial.replaceAll(userId, '${userId}') }))
}

/** The vendor's entitlements are a file of its own: it may be another one than was synthesized. */
function granted(grants: Grants, entitled: Grants): TrialResult {
  const coverage = covers(entitled, grants)
  const how = 'the same as the entitlements give, or less'
  return {
    trial: `be granted ${coverage.covered ? 'more' : coverage.missing.map(({ kind, filter }) => `${kind} ${filter}`).join(', ')} beyond the entitlements`,
    expected: 'refused',
    outcome: coverage.covered ? refused(how) : allowed,
  }
}

async function vending(stack: DeployedStack, { beyond }: TestTopics): Promise<TrialResult[]> {
  const unproven = stack.entrances.map(async (url): Promise<TrialResult> => {
    return {
      trial: `ask POST ${url.pathname} without a proof of identity`,
      expected: 'refused',
      outcome: await stack.vendUnproven(url),
    }
  })
  const { outcome } = await stack.vend({ subscribe: [beyond] })
  // Any other 403 would be about the caller, not about what it asks for.
  const entitled = outcome.kind === 'refused' && !outcome.how.includes('not_entitled')
  return [
    {
      trial: `ask to subscribe to ${beyond}`,
      expected: 'refused',
      outcome: entitled ? undecided(outcome.how) : outcome,
    },
    ...(await Promise.all(unproven)),
  ]
}

async function handshake(
  stack: DeployedStack,
  vended: VendResponse,
  { foreignClientIds }: TestTopics,
  nonce: string,
): Promise<TrialResult[]> {
  const denied = async (trial: string, clientId: string, tamper?: (url: string) => string): Promise<TrialResult> => {
    const outcome = await confirmed(async () => {
      const { outcome, session } = await stack.connect(vended, clientId, tamper)
      await session?.[Symbol.asyncDispose]()
      return outcome
    })
    return { trial, expected: 'refused', outcome }
  }
  return Promise.all([
    ...foreignClientIds.map((clientId) => denied(`connect as ${clientId.replace(nonce, '…')}`, clientId)),
    denied('connect with a tampered signature', own(vended), tampered),
  ])
}

/** Whoever may assume the role without the vendor has all of it: no session policy limits that session. */
async function role(stack: DeployedStack, userId: string): Promise<TrialResult[]> {
  const [identity, assumed] = await Promise.all([stack.callerIdentity(), stack.assumeRole()])
  // Behind what the stack puts before its users.
  const itself = userId === identity.userId || userId.endsWith(`~${identity.userId}`)
  return [
    { trial: 'ask STS who is calling', expected: 'allowed', outcome: identity.outcome },
    {
      trial: 'be taken for somebody else',
      expected: 'refused',
      outcome:
        identity.outcome.kind === 'allowed' ? (itself ? refused('vended for itself') : allowed) : identity.outcome,
    },
    { trial: 'assume the role without the vendor, with no session policy', expected: 'refused', outcome: assumed },
  ]
}

/** Another last digit. */
function tampered(url: string): string {
  return url.replace(/(X-Amz-Signature=[0-9a-f]{63})([0-9a-f])/u, (_, begin: string, last: string) =>
    last === '0' ? `${begin}1` : `${begin}0`,
  )
}

function asked({ publish, subscribe }: TestTopics): string {
  if (publish === subscribe) return publish ?? 'nothing'
  return [publish, subscribe].filter((topic) => topic !== undefined).join(' and ')
}
