// Loaded with the first request or response of a session: see Session.
export { Requester } from './requester.js'
export { Responder } from './responder.js'
