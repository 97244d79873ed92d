/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundle: Lambda gives a function its credentials in the
 * environment, where `function-credentials.ts` reads them. The chain (profiles, SSO, web identity, instance metadata) would be
 * 130 KB of 300 and can only be reached by a client that was not given credentials.
 */
export function defaultProvider(): () => Promise<never> {
  return async () => {
    throw new Error('This bundle has no credential provider chain. Give the client its credentials.')
  }
}
