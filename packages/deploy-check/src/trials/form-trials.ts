import { type Grants, type PolicyForm, parseGrants, sessionPolicy, type VendResponse } from '@topic-credentials/grants'
import type { DeployedStack } from '../stack/deployed-stack.js'
import { allowsBoth, type TestTopics } from './test-topics.js'
import { topicTrials } from './topic-trials.js'
import type { TrialResult } from './trial-result.js'

/** More topics than any form can hold. */
const mostTopics = 80

/**
 * Tests the session policy forms that many topics require, each with a granted name, a neighbouring name, and a name that continues an
 * ARN. It is not certain that IAM supports a wildcard in place of a resource type. A dense policy that allows too little is reported but
 * does not fail the check.
 *
 * @see docs/adr/0004-dense-form.md
 */
export async function formTrials(
  stack: DeployedStack,
  grants: Grants,
  userId: string,
  { publish, subscribe, neighbours }: TestTopics,
  nonce: string,
): Promise<TrialResult[]> {
  const topic = publish === subscribe ? publish : undefined
  const topics = topic === undefined ? [] : siblings(grants, userId, topic)
  const trials = (['short', 'dense'] as const).map(async (form): Promise<TrialResult[]> => {
    const count = countFor(form, topics, userId, stack.location)
    if (count === undefined || topic === undefined) return []
    const given = topics.slice(0, count)
    const { outcome, vended } = await stack.vend({ publish: given, subscribe: given })
    const asked: TrialResult = {
      trial: `request ${count} topics at once, in the ${form} form`,
      expected: 'allowed',
      outcome,
      optional: adviceFor(form),
    }
    if (vended?.policyForm !== form) return [asked]
    return [asked, ...(await tried(stack, vended, form, topic, neighbours, nonce))]
  })
  return (await Promise.all(trials)).flat()
}

async function tried(
  stack: DeployedStack,
  vended: VendResponse,
  form: PolicyForm,
  topic: string,
  neighbours: readonly string[],
  nonce: string,
): Promise<TrialResult[]> {
  const continued = [`x:topic/${topic}`, `x:topicfilter/${topic}`, `x/${topic}`].filter(
    (name) => Buffer.byteLength(name) <= 256 && name.split('/').length <= 8,
  )
  const notAsked = neighbours.filter((name) => !name.startsWith(topic))
  const chosen = { publish: topic, subscribe: topic, neighbours: [...notAsked.slice(0, 1), ...continued] }
  const results = await topicTrials(stack, vended, chosen, nonce)
  return results.map((result) => ({
    ...result,
    trial: `${form} form: ${result.trial}`,
    ...(form === 'dense' && result.expected === 'allowed' ? { optional: adviceFor(form) } : {}),
  }))
}

function adviceFor(form: PolicyForm): string {
  return form === 'dense'
    ? 'users with that many topics get too few permissions; disable the form with -c dense=off'
    : 'users cannot get that many topics at once'
}

/** The topic, then similar topics that are granted as well. */
function siblings(grants: Grants, userId: string, topic: string): string[] {
  const others = Array.from({ length: mostTopics }, (_, index) => `${topic}-${index}`)
  return [topic, ...others.filter((name) => allowsBoth(grants, userId, name))]
}

/** The number of topics for which the vendor uses this form; undefined if there are not enough topics. */
function countFor(
  form: PolicyForm,
  topics: readonly string[],
  userId: string,
  location: DeployedStack['location'],
): number | undefined {
  for (let count = 1; count <= topics.length; count++) {
    const given = topics.slice(0, count)
    try {
      const written = sessionPolicy(parseGrants({ publish: given, subscribe: given }), { userId, ...location })
      if (written.form === form) return count
    } catch {
      return undefined
    }
  }
  return undefined
}
