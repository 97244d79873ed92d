/**
 * Stands in the bundle where the SDK would bring what the handler's client is never without or never needs. All are defaults of
 * the client's configuration, which `sts-client.ts` gives a value or leaves undefined on purpose, or of no use to STS.
 */

/** Instead of 130 KB of ways to find credentials (profiles, SSO, web identity, instance metadata): Lambda sets them. */
export function defaultProvider(): () => Promise<never> {
  return async () => {
    throw new Error('This bundle has no credential provider chain. Give the client its credentials.')
  }
}

/** Signs for several Regions at once, with native code that is not here. Without it the SDK takes its own `SignatureV4`. */
// biome-ignore lint/style/useNamingConvention: the name that the SDK imports.
export const SignatureV4MultiRegion = undefined

/** SHA-256 in JavaScript, for a Node.js without OpenSSL. The client is given {@link Sha256} of `node:crypto`. */
// biome-ignore lint/style/useNamingConvention: the name that the SDK imports.
export const Sha256 = undefined

/** The trace of each request where one process serves many at once, which the stack does not ask for. Else it is in the environment. */
// biome-ignore lint/style/useNamingConvention: the name that the SDK imports.
export const InvokeStore = {
  async getInstanceAsync(): Promise<undefined> {},
}

/** Importing `node:process` evaluates all of it, 2 ms of a cold start. The global is there already. */
export const { env, versions } = process
