import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseEntitlements } from '@topic-credentials/grants'
import { check } from './check.js'
import { readEnvironment } from './environment.js'
import { DeployedStack } from './stack/deployed-stack.js'
import { line } from './trials/trial-result.js'
import { runTrials } from './trials/trials.js'

/** Milliseconds: IAM says that changes take seconds as a rule; two minutes are patient. */
const spreadMs = 120_000

const environment = readEnvironment(process.env)
const entitlementsFile = join(process.env.LAMBDA_TASK_ROOT ?? '.', 'entitlements.json')
const entitlements = parseEntitlements(JSON.parse(readFileSync(entitlementsFile, 'utf8')))
const stack = new DeployedStack(environment)

/** What Lambda calls, with what the deployment waits for. Its log is the proof: one line for each thing tried. */
export async function handler(
  _event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<{ readonly checks: number }> {
  const results = await check(() => runTrials(stack, entitlements, randomUUID().slice(0, 8)), {
    remaining: () => context.getRemainingTimeInMillis(),
    spreading: environment.standIn ? 0 : spreadMs,
    sleep,
    tell: (failed, pause) => console.warn(`Not yet; trying again in ${pause / 1000} s\n${failed.map(line).join('\n')}`),
  })
  console.info(results.map(line).join('\n'))
  return { checks: results.length }
}
