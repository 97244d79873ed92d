export { type Backoff, DEFAULT_BACKOFF } from './backoff.js'
export { type ConnectOptions, connect } from './connect.js'
export {
  type ClientErrorCode,
  ClockSkewError,
  NotGrantedError,
  TopicCredentialsError,
  VendorBusyError,
  VendRefusedError,
} from './errors.js'
export {
  type FromVendorOptions,
  fromVendor,
  type VendedCredentialsProvider,
  type VendedIdentity,
} from './from-vendor.js'
export type { PublishOptions, Session, SessionEvents, SessionState } from './session.js'
export type { SubscribeOptions, Subscription } from './subscription.js'
export type { Message, QoS } from './transport.js'
export type { AwsCredentialIdentity, VendorOptions } from './vendor.js'
