import { sessionClosed } from '../common-errors.js'
import { NotGrantedError, TopicCredentialsError } from '../errors.js'
import type { Message } from '../messages/message.js'
import type { Subscription } from '../messages/subscription.js'
import { withDeadline } from '../support/deadline.js'
import { hex } from '../support/hex.js'
import { isFailure } from './failure.js'
import type { Replies, RequestSession } from './request-session.js'

const defaultTimeoutMs = 30_000
/** 128 bits, which cannot be guessed without the request. */
const correlationBytes = 16

/** Options of a request. */
export interface RequestOptions {
  /** Timeout for the reply in milliseconds. Default 30,000. The broker discards the request after the same time. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

interface Pending {
  readonly topic: string
  readonly resolve: (reply: Message) => void
  readonly reject: (error: Error) => void
}

/** The requests of one session. All replies arrive at one topic, which no other session has. */
export class Requester {
  readonly #session: RequestSession
  readonly #replies: Replies
  readonly #pending = new Map<string, Pending>()
  #subscription: Subscription | undefined

  constructor(session: RequestSession, replies: Replies) {
    this.#session = session
    this.#replies = replies
    const { topic } = replies
    session.on('renewed', () => {
      if (!session.can('subscribe', topic)) this.#end(this.#needsGrant())
    })
    session.on('refused', (error) => {
      if (error.value === topic) this.#end(error)
    })
    session.once('closed', (error) => this.#end(sessionClosed(error)))
  }

  async request(
    topic: string,
    payload: unknown,
    { timeoutMs = defaultTimeoutMs, signal }: RequestOptions = {},
  ): Promise<Message> {
    const correlationData = crypto.getRandomValues(new Uint8Array(correlationBytes))
    const key = hex(correlationData)
    const properties = {
      responseTopic: this.#replies.topic,
      correlationData,
      messageExpiryInterval: Math.max(1, Math.ceil(timeoutMs / 1_000)),
    }
    const replied = async (until: AbortSignal) => {
      await this.#listen()
      return new Promise<Message>((resolve, reject) => {
        this.#pending.set(key, { topic, resolve, reject })
        this.#session.publish(topic, payload, { ...properties, signal: until }).catch(reject)
      })
    }
    try {
      return await withDeadline(replied, timeoutMs, () => noReply(topic, timeoutMs), signal)
    } finally {
      this.#pending.delete(key)
    }
  }

  async #listen(): Promise<void> {
    if (this.#subscription === undefined) {
      const { topic } = this.#replies
      if (!this.#session.can('subscribe', topic)) throw this.#needsGrant()
      this.#subscription = this.#session.subscribe(topic, { onMessage: (message) => this.#take(message) })
    }
    const subscription = this.#subscription
    await subscription.ready.catch((error: unknown) => {
      if (this.#subscription === subscription) this.#subscription = undefined
      throw error
    })
  }

  /** Others can publish to this topic, so a message is a reply only if it has the bits of a waiting request, and only once. */
  #take(message: Message): void {
    const { correlationData, retained } = message
    const key = correlationData?.byteLength === correlationBytes ? hex(correlationData) : ''
    const pending = this.#pending.get(key)
    if (pending === undefined || retained) {
      this.#replies.dropped += 1
      return
    }
    this.#pending.delete(key)
    if (isFailure(message)) {
      pending.reject(failed(pending.topic))
    } else {
      pending.resolve(message)
    }
  }

  /** No reply can come any more. */
  #end(error: Error): void {
    this.#subscription = undefined
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
  }

  #needsGrant(): NotGrantedError {
    const needed = `subscribe '${this.#replies.topic.replace(/[^/]*$/u, '#')}'`
    return new NotGrantedError(`${this.#session.userId} may not receive replies: that needs the grant ${needed}`, {
      operation: 'subscribe',
      byBroker: false,
      value: this.#replies.topic,
      remedy: 'Write what is asked under "request" in the entitlements: that grants the replies, too.',
    })
  }
}

function noReply(topic: string, ms: number): TopicCredentialsError {
  return new TopicCredentialsError(`There is no reply to the request on '${topic}' within ${ms / 1_000} s`, {
    code: 'operation_timed_out',
    value: topic,
    remedy:
      'Check that a responder is running and may publish the reply, or allow more time. The request may still be carried out.',
  })
}

function failed(topic: string): TopicCredentialsError {
  return new TopicCredentialsError(`The responder could not answer the request on '${topic}'`, {
    code: 'request_failed',
    value: topic,
    remedy: 'The responder’s own log has the reason.',
  })
}
