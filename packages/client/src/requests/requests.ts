import type { Message } from '../messages/message.js'
import type { PublishOptions } from '../messages/publisher.js'
import type { SubscribeOptions, Subscription } from '../messages/subscription.js'
import type { TopicFilter, TopicName } from '../messages/topic-types.js'
import type { SessionEvents } from '../session-events.js'
import { Emitter } from '../support/emitter.js'
import { randomHex } from '../support/hex.js'
import { loaded } from '../support/loaded.js'
import type { Replies, RequestSession } from './request-session.js'
import type { Requester, RequestOptions } from './requester.js'
import type { Reply, Responder, RespondOptions } from './responder.js'

/** The requests and responses of a session. Their code is loaded with the first one. */
export abstract class Requests extends Emitter<SessionEvents> implements RequestSession {
  readonly #replies: Replies
  #requester: Requester | undefined

  /** @param replyPrefix where replies arrive; ends with `/` */
  constructor(replyPrefix: string) {
    super()
    this.#replies = { topic: replyPrefix + randomHex(8), dropped: 0 }
  }

  abstract get userId(): string
  abstract can(operation: 'publish' | 'subscribe', topic: string): boolean
  abstract publish(topic: string, payload: unknown, options?: PublishOptions): Promise<void>
  abstract subscribe(filter: string, options?: SubscribeOptions): Subscription

  /** The topic of the replies to this session, and the number of messages there that answered no waiting request: forged, late, or repeated. */
  get replies(): Readonly<Replies> {
    return this.#replies
  }

  /**
   * Sends a request over MQTT 5 and waits for its reply: the first message with the request's 128 random bits.
   *
   * @param payload bytes and strings are sent as they are, other values as JSON
   * @throws NotGrantedError before anything is sent, if the request or its reply is not granted: `request` in the entitlements grants both
   * @throws TopicCredentialsError `operation_timed_out` without a reply in time, `request_failed` if the responder's handler failed
   * @example (await session.request('devices/1/ask', { what: 'state' }, { timeoutMs: 5_000 })).text()
   */
  async request<const Topic extends string>(
    topic: TopicName<Topic>,
    payload: unknown,
    options: RequestOptions = {},
  ): Promise<Message> {
    const { Requester } = await loaded(() => import('./index.js'), options.signal)
    this.#requester ??= new Requester(this, this.#replies)
    return this.#requester.request(topic, payload, options)
  }

  /**
   * Answers requests. The handler's result is published to the topic that the requester chose, if it is under `options.replyTo`.
   * Resolves when requests are received.
   *
   * @throws NotGrantedError if the grants do not cover the replies or the requests
   * @example await session.respond('devices/1/ask', async (request) => ({ celsius: await measure(request.text()) }))
   */
  async respond<const Filter extends string>(
    filter: TopicFilter<Filter>,
    handler: (request: Message) => Reply | Promise<Reply>,
    options: RespondOptions = {},
  ): Promise<Responder> {
    const { Responder } = await loaded(() => import('./index.js'), options.signal)
    return Responder.open(this, filter, handler, options)
  }
}
