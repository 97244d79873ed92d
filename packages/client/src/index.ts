export { type ConnectOptions, connect } from './connect.js'
export type { MessageProperties, UserProperty } from './connection/message-properties.js'
export type { QoS } from './connection/transport.js'
export type { VendedCredentialsProvider } from './credentials/provider.js'
export type { AwsCredentialIdentity, VendedIdentity, VendorOptions } from './credentials/vendor-options.js'
export {
  type ClientErrorCode,
  ClockSkewError,
  NotGrantedError,
  TopicCredentialsError,
  VendorBusyError,
  VendRefusedError,
} from './errors.js'
export { type FromVendorOptions, fromVendor } from './from-vendor.js'
export type { LastWill } from './messages/last-will.js'
export type { Message, StandardSchema } from './messages/message.js'
export type { PublishOptions } from './messages/publisher.js'
export type { SubscribeOptions, Subscription } from './messages/subscription.js'
export type { TopicFilter, TopicName } from './messages/topic-types.js'
export type { ExchangeOptions } from './recovery/exchange.js'
export type { RequestOptions } from './requests/requester.js'
export type { Reply, Responder, RespondOptions } from './requests/responder.js'
export type { Session } from './session.js'
export type { SessionEvents, SessionState } from './session-events.js'
export { type Backoff, defaultBackoff } from './support/retry-delay.js'
