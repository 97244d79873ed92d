export { presignedPath, type Signer, signedPostHeaders } from './sign-request.js'
