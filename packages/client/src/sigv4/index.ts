export { presignedPath, signedPostHeaders } from './sign-request.js'
