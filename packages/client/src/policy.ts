/** What decides when to vend and when to connect, apart from any network: for simulations that drive it with a clock of their own. */

export type { CredentialSource, RefreshOptions } from './credentials-cache.js'
export { fromSource, type VendedCredentialsProvider } from './from-vendor.js'
export { firstReconnectMs, reconnectDelay, type Setback } from './reconnect-delay.js'
export { Reconnection, type ReconnectionOptions } from './reconnection.js'
export { vendRefusal } from './vend-refusal.js'
export type { Vended } from './vendor.js'
