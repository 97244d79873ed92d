/** What a client needs of this package: everything but the compiler of policies, which would double what it has to load. */
export { type AccessRequest, type Decision, explain } from './explain.js'
export type { Grants } from './grants.js'
export { matches } from './mqtt-matching.js'
export { type Problem, parseProblem } from './wire/problem.js'
export { parseVendResponse, type VendResponse } from './wire/vend-response.js'
