import { parseEntitlements } from '@topic-credentials/grants'
import type { FunctionEnvironment } from './environment.js'
import { jsonLog } from './log/log.js'
import { embeddedMetrics } from './log/metrics.js'
import { respondWith } from './respond.js'
import type { AssumeRole } from './sts/assume-role.js'
import { cachedFor } from './sts/sts-session-cache.js'

/** What the function is made of, besides its own code. */
export interface HandlerParts {
  readonly environment: FunctionEnvironment
  /** The document, not validated yet. */
  readonly entitlements: unknown
  readonly assumeRole: AssumeRole
  /** Takes a line of the log. */
  readonly write: (line: string) => void
}

/** The function without Lambda and STS around it. @throws EntitlementError at once, so that a broken deployment fails at cold start. */
export function vendingHandler({ environment, entitlements, assumeRole, write }: HandlerParts) {
  const { roleArn, endpoint, apiId, region, functionName, cacheSeconds, spreadSeconds, dense, identity } = environment
  const [, partition = '', , , accountId = ''] = roleArn.split(':')
  const vendor = {
    roleArn,
    partition,
    accountId,
    dense,
    endpoint,
    apiId,
    region,
    spreadSeconds,
    entitlements: parseEntitlements(entitlements),
    assumeRole: cachedFor(cacheSeconds, assumeRole, Date.now),
  }
  const log = jsonLog(write, () => new Date(), embeddedMetrics(functionName))
  return respondWith(vendor, { ...identity, accountId }, log, Date.now)
}
