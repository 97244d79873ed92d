import { platform } from '#platform'
import type { RefreshOptions, RefreshTiming } from './credentials/credentials-cache.js'
import { fromSource, type VendedCredentialsProvider } from './credentials/provider.js'
import { VendorClient } from './credentials/vendor-client.js'
import type { VendorOptions } from './credentials/vendor-options.js'

/** How `fromVendor` behaves; the defaults suit both one program and a fleet. */
export interface FromVendorOptions extends VendorOptions, RefreshOptions {}

/**
 * Credentials from a vendor: one request in flight, reused while fresh, renewed before they expire.
 *
 * Renewal is due when between 80 and 90 % of the lifetime is over, at a point drawn once per credential, so that a fleet
 * which started together does not renew together. While a renewal fails with what may pass (network, 429, 5xx), the old
 * credentials go on being handed out until they expire. What cannot succeed (400, 401, 403, 413) is thrown at once.
 *
 * @example
 * const credentials = fromVendor({ url: outputs.CredentialsUrl })
 * const iot = new IoTDataPlaneClient({ credentials, region: 'eu-central-1' })
 */
export function fromVendor(options: FromVendorOptions): VendedCredentialsProvider {
  return timedProvider(options)
}

/** The same by another clock, which a test drives. */
export function timedProvider(options: FromVendorOptions, timing?: Partial<RefreshTiming>): VendedCredentialsProvider {
  const vendor = new VendorClient(options, (url) => platform.openVendorPost(url, options), timing?.now)
  return fromSource(vendor, options, timing)
}
