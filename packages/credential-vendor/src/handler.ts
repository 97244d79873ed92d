import { readFileSync } from 'node:fs'
import { STSClient } from '@aws-sdk/client-sts'
import { parseEntitlements } from '@topic-credentials/grants'
import { assumeRoleWith } from './assume-role.js'
import { readEnvironment } from './environment.js'
import { functionCredentials } from './function-credentials.js'
import { jsonLog } from './log.js'
import { respondWith } from './respond.js'
import { cachedFor } from './session-cache.js'
import type { Vendor } from './vend.js'

/** The rim: the only place that reads the environment and builds a client. What fails here fails at cold start. */
const { roleArn, endpoint, region, cacheSeconds } = readEnvironment(process.env)

const sts = new STSClient({
  // A Region makes it the Regional endpoint: nearer, and its tokens are valid in every Region.
  region,
  credentials: functionCredentials(process.env),
  // 600 calls per second are shared by the whole account: insisting makes a storm worse. The client is told when to come back.
  maxAttempts: 3,
  retryMode: 'standard',
  // Three of these fit into the function's ten seconds.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
})

const [, partition = '', , , accountId = ''] = roleArn.split(':')

const vendor: Vendor = {
  roleArn,
  partition,
  endpoint,
  region,
  entitlements: parseEntitlements(JSON.parse(readFileSync(new URL('./entitlements.json', import.meta.url), 'utf8'))),
  assumeRole: cachedFor(cacheSeconds, assumeRoleWith(sts), Date.now),
}

/** What Lambda calls. */
export const handler = respondWith(
  vendor,
  accountId,
  jsonLog(
    (line) => process.stdout.write(line),
    () => new Date(),
  ),
  Date.now,
)
