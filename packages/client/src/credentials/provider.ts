import {
  type CredentialSource,
  CredentialsCache,
  type RefreshOptions,
  type RefreshTiming,
} from './credentials-cache.js'
import type { AskedGrants, VendedIdentity } from './vendor-options.js'

/** A credentials provider: `AwsCredentialIdentityProvider` of the AWS SDK v3, and four more calls. */
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
  /**
   * Vends anew for the same grants, however fresh the credentials are: asks whether they still stand.
   *
   * @throws VendRefusedError
   */
  refresh(): Promise<VendedIdentity>
  /** Closes the kept connection to the vendor. */
  close(): void
}

/** A provider over any source. `timing` is for tests and simulations, which drive the clock. */
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
