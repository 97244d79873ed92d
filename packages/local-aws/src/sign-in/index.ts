export { LocalIssuer } from './issuer.js'
export { localIssuer } from './names.js'
export { answerSignIn, serveIssuer } from './service.js'
export { audienceOf, type Callers, callersOf, type SignInParts, signIn } from './sign-in.js'
