export { LocalIssuer } from './issuer.js'
export { localAudience, localIssuer } from './names.js'
export { answerSignIn, serveIssuer } from './service.js'
export {
  audienceOf,
  type Callers,
  callersOf,
  type SignedIn,
  type SignInParts,
  type SignInRequest,
  signIn,
} from './sign-in.js'
export { SignInError, type SignInErrorCode } from './sign-in-error.js'
