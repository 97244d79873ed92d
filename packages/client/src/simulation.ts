/** What decides when to vend and when to connect, without a network: for simulations that drive it with a clock of their own. */

export type { CredentialSource, RefreshOptions, RefreshTiming } from './credentials/credentials-cache.js'
export { fromSource, type VendedCredentialsProvider } from './credentials/provider.js'
export type { Vended } from './credentials/vendor-client.js'
export { vendRefusal } from './credentials/vendor-error.js'
export { Reconnection, type ReconnectionOptions } from './recovery/reconnection.js'
export { firstReconnectMs, reconnectDelay, type Setback } from './support/retry-delay.js'
