export type { RequestOptions } from './requester.js'
export type { Reply, RespondOptions, Response } from './responder.js'
export { type Requests, withRequests } from './with-requests.js'
