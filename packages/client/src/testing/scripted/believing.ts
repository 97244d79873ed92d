import { parseGrants } from '@topic-credentials/grants'
import type { VendedCredentialsProvider } from '../../credentials/provider.js'
import type { VendedIdentity } from '../../credentials/vendor-options.js'

/** Vended credentials whose response contains more grants than their session policy, so that only AWS refuses the rest. */
export function believing(
  vendor: VendedCredentialsProvider,
  more: { readonly publish?: string[]; readonly subscribe?: string[]; readonly retain?: string[] },
): VendedCredentialsProvider {
  const believe = ({ vended, ...identity }: VendedIdentity): VendedIdentity => {
    const { publish, subscribe, retain } = vended.grants
    const grants = parseGrants({
      publish: [...publish, ...(more.publish ?? [])],
      subscribe: [...subscribe, ...(more.subscribe ?? [])],
      retain: [...retain, ...(more.retain ?? [])],
    })
    return { ...identity, vended: { ...vended, grants } }
  }
  return Object.assign(async () => believe(await vendor()), {
    invalidate: vendor.invalidate,
    ask: vendor.ask,
    refresh: vendor.refresh,
    close: vendor.close,
  })
}
