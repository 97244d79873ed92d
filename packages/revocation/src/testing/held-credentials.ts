import type { VendedCredentialsProvider } from '@topic-credentials/client'

/**
 * For tests: the current credentials of a provider, without renewal. The provider itself renews credentials that AWS refuses, so a test of
 * old credentials would use new ones.
 */
export async function held(provider: VendedCredentialsProvider): Promise<VendedCredentialsProvider> {
  const identity = await provider()
  const hand = async () => identity
  return Object.assign(hand, { invalidate() {}, ask: hand, refresh: hand, close() {} })
}
