/** Everything but the compiler of policies, which would double what a client has to load: the language of grants, and the wire contract. */
export { type AccessRequest, type Decision, explain } from './explain.js'
export type { GrantReference, Grants } from './grant-types.js'
export { durationLimits, spreadLimits } from './limits.js'
export { matches } from './mqtt/matching.js'
export { type Problem, parseProblem } from './wire/problem.js'
export { parseVendResponse, type VendResponse } from './wire/vend-response.js'
