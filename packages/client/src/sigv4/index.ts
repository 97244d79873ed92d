export { InsecureContextError } from './digest.js'
export { presignedPath, type Signer, signedPostHeaders } from './sign-request.js'
