import { operationOverdue } from '../common-errors.js'
import { chosenProperties, type MessageProperties } from '../connection/message-properties.js'
import type { QoS, Transport, TransportFailure } from '../connection/transport.js'
import { aborted, sleep } from '../support/abort.js'
import { withDeadline } from '../support/deadline.js'
import type { ReasonCode } from '../support/reason-codes.js'
import { payloadBytes } from './payload.js'
import { awsPublishRate, PublishRate } from './publish-rate.js'
import { type Refused, Unacknowledged } from './unacknowledged.js'

/** How long a message may wait for the broker's answer: as long as AWS IoT keeps a session by default. */
const publishTimeoutMs = 3_600_000

/** How a message is published. Its `MessageProperties` are MQTT 5's. */
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
  /** Ends the wait of messages for their turn. */
  readonly closing: AbortSignal
  /** Names why the transport did not publish to a topic. */
  readonly notSent: (topic: string, cause: unknown) => never
}

/** Publishes the messages of one session at AWS IoT's pace, and knows over which one a connection may have ended. */
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

  /** @returns the broker's answer; 0 for a message with QoS 0 that is sent */
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

  /** Counts what the broker is still to answer, publishes and others. */
  async answered(answer: Promise<ReasonCode>): Promise<ReasonCode> {
    this.#unanswered += 1
    try {
      return await answer
    } finally {
      this.#unanswered -= 1
    }
  }

  /** The connection has ended. @returns the message with QoS 0 over which it has */
  refused(failure: TransportFailure): Refused | undefined {
    return this.#unacknowledged.refused(failure, this.#unanswered > 0)
  }
}
