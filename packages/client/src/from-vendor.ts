import {
  type CredentialSource,
  CredentialsCache,
  type RefreshOptions,
  type VendedIdentity,
} from './credentials-cache.js'
import { type AskedGrants, Vendor, type VendorOptions } from './vendor.js'

/** A credentials provider: `AwsCredentialIdentityProvider` of the AWS SDK v3, and two more calls. */
export interface VendedCredentialsProvider {
  (options?: { readonly signal?: AbortSignal }): Promise<VendedIdentity>
  /** AWS refused these credentials although they look fresh: the next call vends anew. Others are left alone. */
  invalidate(accessKeyId: string): void
  /**
   * Vends anew for other grants, which every later call gets; what is held already is kept where the vendor refuses.
   *
   * @throws VendRefusedError
   */
  ask(grants: AskedGrants): Promise<VendedIdentity>
  /** Closes the kept connection to the vendor. */
  close(): void
}

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
  return fromSource(new Vendor(options, options.now), options)
}

/** The same from any source. */
export function fromSource(source: CredentialSource, options: RefreshOptions): VendedCredentialsProvider {
  const cache = new CredentialsCache(source, options)
  return Object.assign((call?: { readonly signal?: AbortSignal }) => cache.get(call?.signal), {
    invalidate: (accessKeyId: string) => cache.invalidate(accessKeyId),
    ask: (grants: AskedGrants) => cache.ask(grants),
    close: () => cache.close(),
  })
}
