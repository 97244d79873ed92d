/**
 * Replaces modules of the SDK that the handler's client does not need: defaults of the client's configuration that `sts-client.ts` sets
 * explicitly or leaves undefined on purpose, and features that STS does not use. A cold start would read all of it: 320 KB without this, 199 KB
 * with it. If a package begins to need another export of these modules, the build fails and names it.
 */

/** Replaces 130 KB of credential providers (profiles, SSO, web identity, instance metadata): Lambda sets the credentials. */
export function defaultProvider(): () => Promise<never> {
  return async () => {
    throw new Error('This bundle has no credential provider chain; pass credentials to the client.')
  }
}

/** Signs for several Regions with native code, which is not in the bundle. Without it, the SDK uses its own `SignatureV4`. */
// biome-ignore lint/style/useNamingConvention: the name that the SDK imports.
export const SignatureV4MultiRegion = undefined

/** SHA-256 in JavaScript, for Node.js without OpenSSL. The client uses {@link Sha256} of `node:crypto` instead. */
// biome-ignore lint/style/useNamingConvention: the name that the SDK imports.
export const Sha256 = undefined

/** Per-request trace context for processes with concurrent requests, which the stack does not use. Otherwise the trace is in the environment. */
// biome-ignore lint/style/useNamingConvention: the name that the SDK imports.
export const InvokeStore = {
  async getInstanceAsync(): Promise<undefined> {},
}

/** Importing `node:process` evaluates the whole module, 2 ms of a cold start. The global is already available. */
export const { env, versions } = process
