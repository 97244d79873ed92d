import { parseEntitlements, withCeiling } from '@topic-credentials/grants'
import type { EntitlementsDocument } from '../entitlements-file.js'

/**
 * The upper limit for every vended session, regardless of its session policy: the union of the entitlements in this account and Region; the
 * same plus declared topic filters, such as `tenants/+/#`, for grants in the access table; or AWS's managed policy, which covers all of
 * AWS IoT and leaves every restriction to the session policy.
 */
export type Ceiling = 'entitlements' | 'AWSIoTFullAccess' | readonly string[]

/** The entitlements plus the declared filters: everything that the role must cover. */
export function reached(entitlements: EntitlementsDocument, ceiling: Ceiling | undefined) {
  return withCeiling(parseEntitlements(entitlements), declaredFilters(ceiling) ?? [])
}

/** Undefined if AWS's managed policy is the ceiling. */
export function declaredFilters(ceiling: Ceiling = 'entitlements'): readonly string[] | undefined {
  if (ceiling === 'AWSIoTFullAccess') return undefined
  return ceiling === 'entitlements' ? [] : ceiling
}
