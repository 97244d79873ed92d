import { platform } from '#platform'
import {
  fromSource,
  type RefreshOptions,
  type RefreshTiming,
  type VendedCredentialsProvider,
} from './credentials/provider.js'
import { VendorClient } from './credentials/vendor-client.js'
import type { VendorOptions } from './credentials/vendor-options.js'

/** Options of `fromVendor`. The defaults suit both a single program and a fleet. */
export interface FromVendorOptions extends VendorOptions, RefreshOptions {}

/**
 * Credentials from a vendor: at most one request at a time, reused while fresh, renewed before they expire.
 *
 * Renewal starts between 80 and 90 % of the lifetime, at a time drawn once per credential, so that clients that started together do not
 * renew together. While a renewal fails temporarily (network, 429, 5xx), the old credentials are returned until they expire. Permanent
 * errors (400, 401, 403, 413) are thrown immediately.
 *
 * @example
 * const credentials = fromVendor({ url: outputs.CredentialsUrl })
 * const iot = new IoTDataPlaneClient({ credentials, region: 'eu-central-1' })
 */
export function fromVendor(options: FromVendorOptions): VendedCredentialsProvider {
  return timedProvider(options)
}

/** The same with a custom clock, for tests. */
export function timedProvider(options: FromVendorOptions, timing?: Partial<RefreshTiming>): VendedCredentialsProvider {
  const vendor = new VendorClient(options, (url) => platform.openVendorPost(url, options), timing?.now)
  return fromSource(vendor, options, timing)
}
