/** The logic that decides when to request credentials and when to connect, without network access: for simulations with their own clock. */

export {
  type CredentialSource,
  fromSource,
  type RefreshOptions,
  type RefreshTiming,
  type VendedCredentialsProvider,
} from './credentials/provider.js'
export type { Vended } from './credentials/vendor-client.js'
export { vendRefusal } from './credentials/vendor-error.js'
export { Reconnection, type ReconnectionOptions } from './recovery/reconnection.js'
export { firstReconnectMs, reconnectDelay, type Setback } from './support/retry-delay.js'
