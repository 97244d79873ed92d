import type { VendedCredentialsProvider } from '@topic-credentials/client'

/**
 * For tests: what a provider hands out now, and never anything else. A provider by itself vends anew where AWS refuses what it holds, and
 * what is said about old credentials would be said about new ones.
 */
export async function held(provider: VendedCredentialsProvider): Promise<VendedCredentialsProvider> {
  const identity = await provider()
  const hand = async () => identity
  return Object.assign(hand, { invalidate() {}, ask: hand, refresh: hand, close() {} })
}
