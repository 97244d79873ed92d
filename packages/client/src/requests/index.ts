export type { RequestOptions } from './requester.js'
export type { Reply, Responder, RespondOptions } from './responder.js'
export { type Requests, withRequests } from './with-requests.js'
