import type { PolicySet } from '../iam/index.js'
import type { Message } from './broker/message.js'

/** A decision of IAM on the data plane. */
export interface ObservedDecision {
  /** Milliseconds since the epoch, by the stand-in's clock. */
  readonly at: number
  readonly accessKeyId: string
  /** The caller's ARN. */
  readonly principal: string
  /** Undefined over HTTPS, and before the CONNECT. */
  readonly clientId: string | undefined
  /** `iot:Publish` */
  readonly action: string
  /** The ARN of the resource. */
  readonly resource: string
  readonly allowed: boolean
  /** The deciding policy and statement; without a statement, no statement allows the request. */
  readonly policy: string | undefined
  readonly statement: string | undefined
  readonly reason: string
  /** The policies at the time of the decision. */
  readonly policies: PolicySet
}

/** The outcome of a message for one client. `waits` may be followed by another one. */
export type DeliveryOutcome =
  | 'sent'
  /** No client of this session is connected, or it has to acknowledge others first. */
  | 'waits'
  /** iot:Receive is not allowed. */
  | 'refused'
  /** QoS 0, and the client is not connected. */
  | 'away'
  /** QoS 0, faster than the client reads, or than AWS sends to one client. */
  | 'too_fast'
  /** It has expired, or is larger than the client accepts. */
  | 'unfit'

/** Receives events of the data plane synchronously: it must return quickly and must not throw. A message is the same object in all calls. */
export interface Observer {
  decision(decision: ObservedDecision): void
  message(message: Message): void
  delivery(message: Message, clientId: string, outcome: DeliveryOutcome): void
}
