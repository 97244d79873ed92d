/** The part that clients need, browsers included: grants and the wire contract, without Node.js modules and without the compiler. */
export { type Decision, explainTopic, type TopicRequest } from './explain-topic.js'
export type { DroppedRule, GrantReference, Grants } from './grant-types.js'
export { parseJson, recordOf } from './json.js'
export { durationLimits, spreadLimits } from './limits.js'
export { matches } from './mqtt/matching.js'
export { type Problem, parseProblem } from './wire/problem.js'
export { parseVendResponse, type VendResponse } from './wire/vend-response.js'
