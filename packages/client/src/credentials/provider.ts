import {
  type CredentialSource,
  CredentialsCache,
  type RefreshOptions,
  type RefreshTiming,
} from './credentials-cache.js'
import type { AskedGrants, VendedIdentity } from './vendor-options.js'

/** A credentials provider: `AwsCredentialIdentityProvider` of the AWS SDK v3 with four additional methods. */
export interface VendedCredentialsProvider {
  (options?: { readonly signal?: AbortSignal }): Promise<VendedIdentity>
  /** Reports that AWS refused these credentials although they are fresh: the next call requests new ones. Other credentials are not affected. */
  invalidate(accessKeyId: string): void
  /**
   * Requests credentials with other grants, which all later calls get. If the vendor refuses, the current credentials are kept.
   *
   * @throws VendRefusedError
   */
  ask(grants: AskedGrants): Promise<VendedIdentity>
  /**
   * Requests credentials with the same grants even if the current ones are fresh, to verify that the grants are still valid.
   *
   * @throws VendRefusedError
   */
  refresh(): Promise<VendedIdentity>
  /** Closes the keep-alive connection to the vendor. */
  close(): void
}

/** A provider for any source. `timing` is for tests and simulations, which control the clock. */
export function fromSource(
  source: CredentialSource,
  options: RefreshOptions,
  timing?: Partial<RefreshTiming>,
): VendedCredentialsProvider {
  const cache = new CredentialsCache(source, options, timing)
  return Object.assign((call?: { readonly signal?: AbortSignal }) => cache.get(call?.signal), {
    invalidate: (accessKeyId: string) => cache.invalidate(accessKeyId),
    ask: (grants: AskedGrants) => cache.ask(grants),
    refresh: () => cache.refresh(),
    close: () => cache.close(),
  })
}
