import { matches } from '@topic-credentials/grants/core'
import { NotGrantedError } from '../errors.js'
import type { Message } from '../messages/message.js'
import type { Subscription } from '../messages/subscription.js'
import { failure } from './failure.js'
import type { RequestSession } from './request-session.js'

/** Users' reply prefixes, as `request` in the entitlements grants them. */
const userReplies = 'replies/+/#'

/** Bytes and strings are sent as they are, undefined and null as an empty message, other values as JSON. */
export type Reply = unknown

/** Options of a responder. */
export interface RespondOptions {
  /** The filter that limits the topics of replies, because the requester chooses the topic. Default `replies/+/#`. */
  readonly replyTo?: string
  /** Called if a request was not answered, with the handler's error or the error of publishing the reply. */
  readonly onError?: (error: unknown, request: Message) => void
  /** Ends the responder. */
  readonly signal?: AbortSignal
}

/**
 * Answers the requests on one topic filter.
 *
 * The requester chooses the topic of the reply, and the reply is published with this session's grants. Without a limit, a requester could
 * make the responder publish to any topic that is granted to it.
 */
export class Responder implements AsyncDisposable {
  answered = 0
  /** Messages that were not valid requests: without a response topic, with one that `replyTo` does not allow, or retained. */
  refused = 0
  /** Requests whose handler threw, or whose reply could not be published. */
  failed = 0
  readonly #session: RequestSession
  readonly #handler: (request: Message) => Reply | Promise<Reply>
  readonly #replyTo: string
  readonly #onError: RespondOptions['onError']
  readonly #subscription: Subscription

  private constructor(
    session: RequestSession,
    filter: string,
    handler: (request: Message) => Reply | Promise<Reply>,
    { replyTo = userReplies, onError, signal }: RespondOptions,
  ) {
    this.#session = session
    this.#handler = handler
    this.#replyTo = replyTo
    this.#onError = onError
    if (!session.can('publish', replyTo.replaceAll(/[+#]/gu, 'x'))) throw needsGrant(session.userId, replyTo)
    const onMessage = (message: Message) => void this.#take(message)
    this.#subscription = session.subscribe(filter, signal === undefined ? { onMessage } : { onMessage, signal })
  }

  /** Resolves when requests are received. @throws the error that prevents it */
  static async open(
    session: RequestSession,
    filter: string,
    handler: (request: Message) => Reply | Promise<Reply>,
    options: RespondOptions,
  ): Promise<Responder> {
    const responder = new Responder(session, filter, handler, options)
    await responder.#subscription.ready
    return responder
  }

  async close(): Promise<void> {
    await this.#subscription.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #take(request: Message): Promise<void> {
    const { responseTopic, retained } = request
    if (responseTopic === undefined || retained || !matches(this.#replyTo, responseTopic)) {
      this.refused += 1
      return
    }
    try {
      const reply = await this.#handler(request)
      await this.#publish(responseTopic, reply ?? '', request, [])
      this.answered += 1
    } catch (error) {
      this.failed += 1
      this.#onError?.(error, request)
      await this.#publish(responseTopic, '', request, [failure]).catch(() => {})
    }
  }

  #publish(
    topic: string,
    payload: unknown,
    { correlationData, messageExpiryInterval }: Message,
    userProperties: readonly (typeof failure)[],
  ): Promise<void> {
    return this.#session.publish(topic, payload, {
      userProperties,
      ...(correlationData && { correlationData }),
      // The requester waits no longer than until its request expires.
      ...(messageExpiryInterval && { messageExpiryInterval }),
    })
  }
}

function needsGrant(userId: string, replyTo: string): NotGrantedError {
  return new NotGrantedError(`${userId} may not publish replies: that needs the grant publish '${replyTo}'`, {
    operation: 'publish',
    byBroker: false,
    value: replyTo,
    remedy: 'Have it added to the entitlements, or name the topics that may be replied to with `replyTo`.',
  })
}
