/**
 * `iss` of the stand-in's own tokens, wherever it listens: a template names its issuer before anybody knows a port. `npm run local` listens
 * there unless it is given other ports.
 */
export const localIssuer = 'https://localhost:8450'
/** Whom its tokens are for, where no deployed API says so. */
export const localAudience = 'local'
/** Seconds. As long as vended credentials last. */
export const tokenSeconds = 3_600
