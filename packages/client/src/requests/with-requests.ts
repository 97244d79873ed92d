import type { Message } from '../messages/message.js'
import type { TopicFilter, TopicName } from '../messages/topic-types.js'
import type { Session } from '../session.js'
import { Requester, type RequestOptions } from './requester.js'
import { type Reply, Responder, type RespondOptions } from './responder.js'

/** Requests and responses on a session. */
export interface Requests {
  /** Where replies to this session arrive, and how many messages there were nobody's answer: forged, late, or a second one. */
  readonly replies: { readonly topic: string; readonly dropped: number }

  /**
   * Sends a request and waits for the reply: a message with the request's 128 random bits.
   *
   * @param payload bytes and strings are sent as they are, other values as JSON
   * @throws NotGrantedError before anything is sent, where the request or its reply is not granted: entitlements have `request` for both
   * @throws TopicCredentialsError `operation_timed_out` without a reply in time, `request_failed` where the responder's handler failed
   * @example (await session.request('devices/1/ask', { what: 'state' }, { timeoutMs: 5_000 })).text()
   */
  request<const Topic extends string>(
    topic: TopicName<Topic>,
    payload: unknown,
    options?: RequestOptions,
  ): Promise<Message>

  /**
   * Answers requests. What the handler returns goes to the topic that the requester chose, if that is under `options.replyTo`.
   *
   * @throws NotGrantedError at once, where replies may not be published or requests not be received
   * @example await session.respond('devices/1/ask', async (request) => ({ celsius: await measure(request.text()) })).ready
   */
  respond<const Filter extends string>(
    filter: TopicFilter<Filter>,
    handler: (request: Message) => Reply | Promise<Reply>,
    options?: RespondOptions,
  ): Responder
}

/**
 * Adds requests and responses to a session, over MQTT 5.
 *
 * @param options.replyPrefix where replies arrive, with a `/` at the end. Default `replies/<encoded user ID>/`, which `request` in the
 * entitlements grants
 * @example const session = withRequests(await connect({ credentials }))
 */
export function withRequests<S extends Session>(
  session: S,
  options: { readonly replyPrefix?: string } = {},
): S & Requests {
  const requester = new Requester(session, options.replyPrefix ?? ownPrefix(session))
  const requests: Requests = {
    replies: requester,
    request: (topic, payload, options) => requester.request(topic, payload, options),
    respond: (filter, handler, options) => new Responder(session, filter, handler, options),
  }
  return Object.assign(session, requests)
}

/** The client ID begins with the encoded user ID, which has no colon. */
function ownPrefix({ clientId }: Session): string {
  return `replies/${clientId.slice(0, clientId.indexOf(':'))}/`
}
