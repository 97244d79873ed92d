export { localIssuer } from './names.js'
export { answerSignIn, serveIssuer } from './service.js'
export { type Callers, SignIn } from './sign-in.js'
