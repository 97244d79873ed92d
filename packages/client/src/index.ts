export { type Backoff, defaultBackoff } from './backoff.js'
export { type ConnectOptions, connect } from './connect.js'
export type { VendedIdentity } from './credentials-cache.js'
export {
  type ClientErrorCode,
  ClockSkewError,
  NotGrantedError,
  TopicCredentialsError,
  VendorBusyError,
  VendRefusedError,
} from './errors.js'
export { type FromVendorOptions, fromVendor, type VendedCredentialsProvider } from './from-vendor.js'
export type { LastWill } from './last-will.js'
export type { Message, StandardSchema } from './message.js'
export type { PublishOptions, Session } from './session.js'
export type { SessionEvents, SessionState } from './session-events.js'
export type { SubscribeOptions, Subscription } from './subscription.js'
export type { TopicFilter, TopicName } from './topic-types.js'
export type { QoS } from './transport.js'
export type { AwsCredentialIdentity, VendorOptions } from './vendor.js'
