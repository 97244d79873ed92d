import type { QoS } from '../connection/transport.js'
import { TopicCredentialsError } from '../errors.js'
import type { Message } from './message.js'

/** Options of a subscription. */
export interface SubscribeOptions {
  /** Maximum quality of service for receiving. Default 1. */
  readonly qos?: QoS
  /** Called for each message, instead of iterating. */
  readonly onMessage?: (message: Message) => void
  /** Number of messages buffered for a slow iterator. Default 1,000. */
  readonly bufferSize?: number
  /** What to do when the buffer is full: drop the oldest message (default), or end the subscription with `buffer_overflow`. */
  readonly onOverflow?: 'drop-oldest' | 'fail'
  /** Timeout for the broker's response in milliseconds, interruptions included. Default 3,600,000; then `operation_timed_out`. */
  readonly timeoutMs?: number
  /** Ends the subscription. */
  readonly signal?: AbortSignal
}

/** The services that a session provides for its subscriptions. */
export interface SubscriptionOwner {
  unsubscribe(subscription: Subscription): Promise<void>
}

/**
 * Messages of one topic filter, as an async iterable. It can be iterated once; leaving the loop unsubscribes.
 *
 * @example
 * for await (const { topic, payload } of session.subscribe('test')) console.log(topic, new TextDecoder().decode(payload))
 */
export class Subscription implements AsyncIterable<Message>, AsyncDisposable {
  readonly filter: string
  readonly options: SubscribeOptions
  /** Resolves with the quality of service that the broker granted; rejects with the error. */
  readonly ready: Promise<QoS>
  /** Number of messages dropped because the buffer was full. */
  dropped = 0
  readonly #owner: SubscriptionOwner
  readonly #buffer: Message[] = []
  /** Continues the iterator that waits for a message. */
  #wake: (() => void) | undefined
  #ended = false
  #error: Error | undefined

  constructor(
    owner: SubscriptionOwner,
    filter: string,
    options: SubscribeOptions,
    request: (subscription: Subscription) => Promise<QoS>,
  ) {
    this.#owner = owner
    this.filter = filter
    this.options = options
    this.ready = request(this)
    // An iterator gets the error from the loop; a listener gets it by awaiting `ready`.
    this.ready.catch((error: Error) => this.end(error))
    options.signal?.addEventListener('abort', () => void this.#leave(), { once: true })
  }

  /** @internal Adds a message. */
  deliver(message: Message): void {
    if (this.#ended) return
    if (this.options.onMessage !== undefined) {
      this.options.onMessage(message)
      return
    }
    if (this.#buffer.length >= (this.options.bufferSize ?? 1_000)) {
      if (this.options.onOverflow === 'fail') {
        this.end(overflow(this.filter))
        return
      }
      this.#buffer.shift()
      this.dropped += 1
    }
    this.#buffer.push(message)
    this.#wake?.()
  }

  /** @internal No more messages will come. Buffered ones are still delivered. */
  end(error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#wake?.()
  }

  /**
   * Unsubscribes. Iteration ends after the buffered messages.
   *
   * @throws TopicCredentialsError `refused` if the broker refuses; the subscription still ends. If a loop, `await using` or a signal ends
   * the subscription, nothing is thrown: only the session's event `refused` reports the refusal.
   */
  async close(): Promise<void> {
    if (this.#ended) return
    this.end()
    await this.#owner.unsubscribe(this)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave()
  }

  async #leave(): Promise<void> {
    await this.close().catch(() => {})
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, undefined> {
    try {
      await this.ready
      for (;;) {
        const message = this.#buffer.shift()
        if (message !== undefined) {
          yield message
        } else if (this.#ended) {
          if (this.#error !== undefined) throw this.#error
          return
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        }
      }
    } finally {
      await this.#leave()
    }
  }
}

function overflow(filter: string): TopicCredentialsError {
  return new TopicCredentialsError(`The message buffer of the subscription '${filter}' is full`, {
    code: 'buffer_overflow',
    value: filter,
    remedy: 'Process messages faster, or set a larger bufferSize.',
  })
}
