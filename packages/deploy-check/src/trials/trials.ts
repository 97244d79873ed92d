import { covers, type Entitlements, type Grants, grantsFor, type VendResponse } from '@topic-credentials/grants'
import type { DeployedStack } from '../stack/deployed-stack.js'
import { formTrials } from './form-trials.js'
import { allowed, refused, undecided } from './outcome.js'
import { tableTrials } from './table-trials.js'
import { chooseTopics, type TestTopics } from './test-topics.js'
import { confirmed, own, topicTrials } from './topic-trials.js'
import { mustAllow, mustRefuse, type TrialResult } from './trial-result.js'

/**
 * Runs every trial once: operations that must be allowed and operations that must be refused. A refusal proves nothing if the whole stack
 * is broken, so each refusal has a counterpart that differs in one detail and must be allowed.
 */
export async function runTrials(
  stack: DeployedStack,
  entitlements: Entitlements,
  nonce: string,
): Promise<TrialResult[]> {
  const { accessItem } = stack
  // The item of an interrupted check would refuse every trial.
  await accessItem?.remove()
  const everything = await stack.vend({})
  const first = mustAllow('request credentials', everything.outcome)
  if (everything.vended === undefined) return [first]
  const { grants, userId } = everything.vended
  const excess = granted(grants, grantsFor(entitlements, { userId, userPrefix: stack.userPrefix, claims: {} }))
  const chosen = chooseTopics(grants, userId, nonce)
  const narrow = await stack.vend(chosen.ask)
  const second = mustAllow(`request only ${asked(chosen)}`, narrow.outcome)
  const { vended } = narrow
  if (vended === undefined) return [first, excess, second]
  const groups = [
    vending(stack, chosen),
    topicTrials(stack, vended, chosen, nonce),
    formTrials(stack, grants, userId, chosen, nonce),
    handshake(stack, vended, chosen, nonce),
    role(stack, userId),
  ]
  const together = (await Promise.all(groups)).flat()
  const ofTable = accessItem === undefined ? [] : await tableTrials(stack, accessItem)
  const results = [first, excess, second, ...together, ...ofTable]
  // The user ID is a generated name of a hundred characters, which would not help the reader.
  return results.map((result) => ({ ...result, trial: result.trial.replaceAll(userId, '${userId}') }))
}

/** The vendor has its own copy of the entitlements, which could differ from the synthesized one. */
function granted(grants: Grants, entitled: Grants): TrialResult {
  const coverage = covers(entitled, grants)
  const excess = coverage.covered ? [] : coverage.missing.map(({ kind, filter }) => `${kind} ${filter}`)
  const outcome = coverage.covered ? refused('equal to the entitlements, or less') : allowed
  return mustRefuse(`receive ${excess.join(', ') || 'more'} beyond the entitlements`, outcome)
}

async function vending(stack: DeployedStack, { beyond }: TestTopics): Promise<TrialResult[]> {
  const unproven = stack.entrances.map(async (url) =>
    mustRefuse(`call POST ${url.pathname} without authentication`, await stack.vendUnproven(url)),
  )
  const { outcome } = await stack.vend({ subscribe: [beyond] })
  // Any other 403 would concern the caller and not the requested topic.
  const isOther = outcome.kind === 'refused' && !outcome.how.includes('not_entitled')
  return [
    mustRefuse(`request a subscription to ${beyond}`, isOther ? undecided(outcome.how) : outcome),
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
    return mustRefuse(trial, outcome)
  }
  return Promise.all([
    ...foreignClientIds.map((clientId) => denied(`connect as ${clientId.replace(nonce, '…')}`, clientId)),
    denied('connect with a tampered signature', own(vended), tampered),
  ])
}

/** A principal that can assume the role without the vendor has all of its permissions: no session policy limits that session. */
async function role(stack: DeployedStack, userId: string): Promise<TrialResult[]> {
  const [identity, assumed] = await Promise.all([stack.callerIdentity(), stack.assumeRole()])
  // The vendor's user ID starts with the prefix of the stack.
  const itself = userId === identity.userId || userId.endsWith(`~${identity.userId}`)
  const vended = itself ? refused('credentials for itself') : allowed
  return [
    mustAllow('call STS GetCallerIdentity', identity.outcome),
    mustRefuse('receive credentials of another user', identity.outcome.kind === 'allowed' ? vended : identity.outcome),
    mustRefuse('assume the role without the vendor, with no session policy', assumed),
  ]
}

/** The URL with a different last digit of the signature. */
function tampered(url: string): string {
  return url.replace(/(X-Amz-Signature=[0-9a-f]{63})([0-9a-f])/u, (_, begin: string, last: string) =>
    last === '0' ? `${begin}1` : `${begin}0`,
  )
}

function asked({ publish, subscribe }: TestTopics): string {
  if (publish === subscribe) return publish ?? 'nothing'
  return [publish, subscribe].filter((topic) => topic !== undefined).join(' and ')
}
