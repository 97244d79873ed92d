import { readFileSync } from 'node:fs'
import { parseEntitlements } from '@topic-credentials/grants'
import { assumeRoleWith } from './assume-role.js'
import { readEnvironment } from './environment.js'
import { jsonLog } from './log.js'
import { embeddedMetrics } from './metrics.js'
import { respondWith } from './respond.js'
import { cachedFor } from './session-cache.js'
import { stsClient } from './sts-client.js'
import type { Vendor } from './vend.js'

/** The rim: the only place that reads the environment. What fails here fails at cold start. */
const { roleArn, endpoint, region, functionName, cacheSeconds, spreadSeconds } = readEnvironment(process.env)

const [, partition = '', , , accountId = ''] = roleArn.split(':')

const vendor: Vendor = {
  roleArn,
  partition,
  endpoint,
  region,
  spreadSeconds,
  entitlements: parseEntitlements(JSON.parse(readFileSync(new URL('./entitlements.json', import.meta.url), 'utf8'))),
  assumeRole: cachedFor(cacheSeconds, assumeRoleWith(stsClient(region, process.env)), Date.now),
}

/** What Lambda calls. */
export const handler = respondWith(
  vendor,
  accountId,
  jsonLog(
    (line) => process.stdout.write(line),
    () => new Date(),
    embeddedMetrics(functionName),
  ),
  Date.now,
)
