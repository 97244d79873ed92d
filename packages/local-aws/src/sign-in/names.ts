/**
 * `iss` of the stand-in's own tokens, whatever its port: a template names the issuer before the port is known. `npm run local` listens there
 * by default.
 */
export const localIssuer = 'https://localhost:8450'
/** `aud` of its tokens, if no deployed API requires another one. */
export const localAudience = 'local'
/** Seconds: the default lifetime of vended credentials. */
export const tokenSeconds = 3_600
