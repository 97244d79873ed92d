import { operationOverdue } from '../common-errors.js'
import { chosenProperties, type MessageProperties } from '../connection/message-properties.js'
import type { QoS, Transport, TransportFailure } from '../connection/transport.js'
import { aborted, sleep } from '../support/abort.js'
import { withDeadline } from '../support/deadline.js'
import type { ReasonCode } from '../support/reason-codes.js'
import { payloadBytes } from './payload.js'
import { awsPublishRate, PublishRate } from './publish-rate.js'
import { type Refused, Unacknowledged } from './unacknowledged.js'

/** Maximum time for the broker's response to a message: as long as AWS IoT keeps a session by default. */
const publishTimeoutMs = 3_600_000

/** Options of a publish. The `MessageProperties` require MQTT 5. */
export interface PublishOptions extends MessageProperties {
  /** Default 1: resolves when the broker has accepted the message. With 0, it resolves when the message is sent. */
  readonly qos?: QoS
  /** The broker retains the message for later subscribers; requires a `retain` grant. Default false. */
  readonly retain?: boolean
  /** Timeout for the broker's response in milliseconds, interruptions included. Default 3,600,000; then `operation_timed_out`, but the message may still be sent. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface PublisherParts {
  readonly transport: Pick<Transport, 'publish'>
  /** Ends the delays of waiting messages. */
  readonly closing: AbortSignal
  /** Throws the error for a message that the transport did not publish. */
  readonly notSent: (topic: string, cause: unknown) => never
}

/** Publishes the messages of one session at AWS IoT's rate, and determines which QoS 0 message may have ended a connection. */
export class Publisher {
  readonly #parts: PublisherParts
  readonly #rate: PublishRate
  readonly #unacknowledged = new Unacknowledged()
  /** Number of operations without a response of the broker. */
  #unanswered = 0

  constructor(parts: PublisherParts) {
    this.#parts = parts
    this.#rate = new PublishRate(awsPublishRate, {
      now: () => performance.now(),
      sleep: (ms) => sleep(ms, parts.closing),
    })
  }

  /** @returns the broker's reason code; 0 when a message with QoS 0 has been sent */
  async publish(
    topic: string,
    payload: unknown,
    { qos = 1, retain = false, timeoutMs = publishTimeoutMs, signal, ...options }: PublishOptions,
  ): Promise<ReasonCode> {
    const { transport, notSent } = this.#parts
    const properties = chosenProperties(options)
    const message = { topic, payload: await payloadBytes(payload), qos, retain, properties }
    const sent = (until: AbortSignal) =>
      this.#rate.run(async () => {
        if (until.aborted) throw aborted(until)
        if (qos === 0) this.#unacknowledged.sent(topic)
        const answer = transport.publish(message)
        return (qos === 0 ? answer : this.answered(answer)).catch((error: unknown) => notSent(topic, error))
      })
    return withDeadline(sent, timeoutMs, () => operationOverdue('the publish to', topic, timeoutMs), signal)
  }

  /** Counts an operation until the broker responds: publishes and others. */
  async answered(answer: Promise<ReasonCode>): Promise<ReasonCode> {
    this.#unanswered += 1
    try {
      return await answer
    } finally {
      this.#unanswered -= 1
    }
  }

  /** Called when the connection has ended. @returns the QoS 0 message that caused it, if any */
  refused(failure: TransportFailure): Refused | undefined {
    return this.#unacknowledged.refused(failure, this.#unanswered > 0)
  }
}
