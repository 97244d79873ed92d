import { lastKnown, type Table } from '@topic-credentials/access'
import { parseEntitlements, reachOf } from '@topic-credentials/grants'
import { type AccessSource, allOf } from './access/source.js'
import { tableSource } from './access/table-source.js'
import type { FunctionEnvironment } from './environment.js'
import { jsonLog } from './log/log.js'
import { embeddedMetrics } from './log/metrics.js'
import { respondWith } from './respond.js'
import type { AssumeRole } from './sts/assume-role.js'
import { cachedFor } from './sts/sts-session-cache.js'

/** The dependencies of the function. */
export interface HandlerParts {
  readonly environment: FunctionEnvironment
  /** The parsed but not yet validated document. */
  readonly entitlements: unknown
  readonly assumeRole: AssumeRole
  /** The access table, if the stack has one. */
  readonly table?: Pick<Table, 'read'> | undefined
  /** The app's own function, if the stack has one. */
  readonly app?: AccessSource | undefined
  /** Writes one line of the log. */
  readonly write: (line: string) => void
}

/** The function without Lambda and STS. @throws EntitlementError immediately, so that a broken deployment fails at cold start. */
export function vendingHandler({ environment, entitlements, assumeRole, table, app, write }: HandlerParts) {
  const { roleArn, endpoint, apiId, region, functionName, cacheSeconds, spreadSeconds, dense, identity } = environment
  const [, partition = '', , , accountId = ''] = roleArn.split(':')
  const { groupsClaim, ceiling } = environment
  const file = parseEntitlements(entitlements)
  const sources = [
    ...(table === undefined ? [] : [tableSource(lastKnown(table, cacheSeconds), groupsClaim, Date.now)]),
    ...(app === undefined ? [] : [app]),
  ]
  const vendor = {
    roleArn,
    partition,
    accountId,
    dense,
    endpoint,
    apiId,
    region,
    spreadSeconds,
    entitlements: file,
    access: sources.length === 0 ? undefined : allOf(sources),
    reach: ceiling === undefined ? undefined : reachOf(file, ceiling),
    assumeRole: cachedFor(cacheSeconds, assumeRole, Date.now),
  }
  const log = jsonLog(write, () => new Date(), embeddedMetrics(functionName))
  return respondWith(vendor, { ...identity, accountId }, log, Date.now)
}
