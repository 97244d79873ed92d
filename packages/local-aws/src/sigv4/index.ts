export { SignatureError, type SignatureFault } from './signature-error.js'
export type { SignedRequest } from './signed-request.js'
export { type VerifySettings, verify } from './verify.js'
