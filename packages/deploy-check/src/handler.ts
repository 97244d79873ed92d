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

/** Milliseconds. By IAM's documentation, changes usually take seconds to become effective; two minutes are a safe margin. */
const spreadMs = 120_000

// MQTT.js uses a deprecated URL API of Node.js. The reader of this log cannot change that.
process.noDeprecation = true

const environment = readEnvironment(process.env)
const entitlementsFile = join(process.env.LAMBDA_TASK_ROOT ?? '.', 'entitlements.json')
const entitlements = parseEntitlements(JSON.parse(readFileSync(entitlementsFile, 'utf8')))
const stack = new DeployedStack(environment)

/** The Lambda handler. A deployment waits for it, and `pnpm check` reads its report. Its log has one line for each trial. */
export async function handler(
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<{ readonly checks: number } | CheckReport> {
  const trials = () => runTrials(stack, entitlements, randomUUID().slice(0, 8))
  const policy: RetryPolicy = {
    remaining: () => context.getRemainingTimeInMillis(),
    spreading: environment.standIn ? 0 : spreadMs,
    sleep,
    report: (failed, pause) =>
      console.warn(`Some trials failed; retrying in ${pause / 1000} s\n${failed.map(line).join('\n')}`),
  }
  if (wantsReport(event)) return report(trials, policy)
  const results = await check(trials, policy)
  console.info(results.map(line).join('\n'))
  return { checks: results.length }
}
