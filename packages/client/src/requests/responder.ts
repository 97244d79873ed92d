import { matches } from '@topic-credentials/grants/core'
import { NotGrantedError } from '../errors.js'
import type { Message } from '../messages/message.js'
import type { Subscription } from '../messages/subscription.js'
import { failure } from './failure.js'
import type { RequestSession } from './request-session.js'

/** Users' reply prefixes, as `request` in the entitlements grants them. */
const userReplies = 'replies/+/#'

/** Bytes or text as they are; anything else as JSON; nothing as an empty message. */
export type Reply = unknown

/** How requests are answered. */
export interface RespondOptions {
  /** Replies go to topics under this filter and nowhere else: the requester chooses the topic. Default `replies/+/#`. */
  readonly replyTo?: string
  /** Hears why a request was not answered: what the handler threw, or why the reply could not be published. */
  readonly onError?: (error: unknown, request: Message) => void
  /** Ends it. */
  readonly signal?: AbortSignal
}

/**
 * Answers what arrives on one topic filter.
 *
 * The topic of a reply is chosen by who asks, and published with this session's grants: without a limit, a requester could write
 * wherever the responder may.
 */
export class Responder implements AsyncDisposable {
  answered = 0
  /** Messages that were no request that may be answered: no response topic, another one than `replyTo` allows, or retained. */
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

  /** Resolves when requests are received. @throws what is in the way */
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
      // Nobody waits for it any longer than for the request.
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
