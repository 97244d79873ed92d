import type { PolicySet } from '../iam/index.js'
import type { Message } from './broker/message.js'

/** A decision of IAM on the data plane. */
export interface ObservedDecision {
  /** Milliseconds since the epoch, by the stand-in's clock. */
  readonly at: number
  readonly accessKeyId: string
  /** ARN of who asked. */
  readonly principal: string
  /** Undefined over HTTPS, and before CONNECT was read. */
  readonly clientId: string | undefined
  /** `iot:Publish` */
  readonly action: string
  /** The ARN that it was decided on. */
  readonly resource: string
  readonly allowed: boolean
  /** The policy and the statement that decided; without a statement nothing allowed it. */
  readonly policy: string | undefined
  readonly statement: string | undefined
  readonly reason: string
  /** The policies that it was decided by, as they were then. */
  readonly policies: PolicySet
}

/** What became of a message for one client. `waits` may be followed by another. */
export type DeliveryOutcome =
  | 'sent'
  /** No client of this session is connected, or it has to acknowledge others first. */
  | 'waits'
  /** iot:Receive is not allowed. */
  | 'refused'
  /** QoS 0, and nobody is connected. */
  | 'away'
  /** QoS 0, faster than the client reads, or than AWS sends to one client. */
  | 'too_fast'
  /** It has expired, or is larger than the client takes. */
  | 'unfit'

/** Is told what the data plane does while it does it. Must be quick, and must not throw. Messages are the same object from first to last. */
export interface Observer {
  decision(decision: ObservedDecision): void
  message(message: Message): void
  delivery(message: Message, clientId: string, outcome: DeliveryOutcome): void
}
