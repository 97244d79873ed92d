export { SignatureError } from './signature-error.js'
export type { SignedRequest } from './signed-request.js'
export { verify } from './verify.js'
