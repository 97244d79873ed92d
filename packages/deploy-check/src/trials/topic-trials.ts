import { randomUUID } from 'node:crypto'
import type { VendResponse } from '@topic-credentials/grants'
import type { DeployedStack } from '../stack/deployed-stack.js'
import { closed, type TestConnection } from '../stack/test-connection.js'
import { type Outcome, undecided } from './outcome.js'
import type { TestTopics } from './test-topics.js'
import { mustAllow, mustRefuse, passed, type TrialResult } from './trial-result.js'

/** Publishes, subscribes and receives on the granted topic, and tries the neighbouring topics. */
export async function topicTrials(
  stack: DeployedStack,
  vended: VendResponse,
  chosen: Pick<TestTopics, 'publish' | 'subscribe' | 'neighbours'>,
  nonce: string,
): Promise<TrialResult[]> {
  const { publish, subscribe, neighbours } = chosen
  const message = JSON.stringify({ deployCheck: nonce })
  /** Uses a separate connection for each trial, because AWS may close it. */
  const connected = async (probe: (session: TestConnection) => Promise<Outcome>): Promise<Outcome> => {
    const { outcome, session } = await stack.connect(vended, own(vended))
    if (session === undefined) return undecided(`not connected: ${outcome.kind === 'allowed' ? '' : outcome.how}`)
    await using open = session
    return await probe(open)
  }
  const granted = async (): Promise<TrialResult[]> => {
    const { outcome, session } = await stack.connect(vended, own(vended))
    const results = [mustAllow(`connect as ${vended.clientIdPrefix}…`, outcome)]
    if (session === undefined) return results
    await using open = session
    const tried = async (trial: string, outcome: Promise<Outcome>) => results.push(mustAllow(trial, await outcome))
    if (subscribe !== undefined) await tried(`subscribe to ${subscribe}`, open.subscribe(subscribe))
    if (publish !== undefined) await tried(`publish to ${publish}`, open.publish(publish, message))
    // Waiting for a message that was not sent would take long and prove nothing.
    if (publish !== undefined && publish === subscribe && results.every(passed)) {
      await tried(`receive from ${publish}`, open.receive(message))
    }
    return results
  }
  const refusals = neighbours.flatMap((topic) => [
    ...(publish === undefined ? [] : [denied(`publish to ${topic}`, (open) => open.publish(topic, message))]),
    ...(subscribe === undefined ? [] : [denied(`subscribe to ${topic}`, (open) => open.subscribe(topic))]),
  ])
  async function denied(trial: string, probe: (session: TestConnection) => Promise<Outcome>): Promise<TrialResult[]> {
    return [mustRefuse(trial, await confirmed(() => connected(probe)))]
  }
  return (await Promise.all([granted(), ...refusals])).flat()
}

/** A connection that closes without a reason was refused or lost. Two losses in a row are unlikely, so a second attempt decides. */
export async function confirmed(probe: () => Promise<Outcome>): Promise<Outcome> {
  const outcome = await probe()
  return outcome.kind === 'refused' && outcome.how === closed ? probe() : outcome
}

/** A new client ID each time: AWS accepts one CONNECT per second from a client ID. */
export function own({ clientIdPrefix }: VendResponse): string {
  return clientIdPrefix + randomUUID()
}
