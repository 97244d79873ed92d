import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseEntitlements } from '@topic-credentials/grants'
import { check, type RetryPolicy } from './check.js'
import { readEnvironment } from './environment.js'
import { report, wantsReport } from './on-demand.js'
import type { CheckReport } from './on-demand-report.js'
import { DeployedStack } from './stack/deployed-stack.js'
import { line } from './trials/trial-result.js'
import { runTrials } from './trials/trials.js'

/** Milliseconds: IAM says that changes take seconds as a rule; two minutes are patient. */
const spreadMs = 120_000

// MQTT.js parses URLs as Node.js advises against; that is nothing that the reader of this log could change.
process.noDeprecation = true

const environment = readEnvironment(process.env)
const entitlementsFile = join(process.env.LAMBDA_TASK_ROOT ?? '.', 'entitlements.json')
const entitlements = parseEntitlements(JSON.parse(readFileSync(entitlementsFile, 'utf8')))
const stack = new DeployedStack(environment)

/** What Lambda calls: the deployment waits for it, and `pnpm check` asks for its list. Its log is the proof: one line for each trial. */
export async function handler(
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<{ readonly checks: number } | CheckReport> {
  const trials = () => runTrials(stack, entitlements, randomUUID().slice(0, 8))
  const policy: RetryPolicy = {
    remaining: () => context.getRemainingTimeInMillis(),
    spreading: environment.standIn ? 0 : spreadMs,
    sleep,
    tell: (failed, pause) => console.warn(`Not yet; trying again in ${pause / 1000} s\n${failed.map(line).join('\n')}`),
  }
  if (wantsReport(event)) return report(trials, policy)
  const results = await check(trials, policy)
  console.info(results.map(line).join('\n'))
  return { checks: results.length }
}
