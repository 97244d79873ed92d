/** The part that clients need, browsers included: grants and the wire contract, without Node.js modules and without the compiler. */
export type { DroppedRule, GrantReference, Grants } from './grant-types.js'
export { parseJson, recordOf } from './json.js'
export { durationLimits, spreadLimits } from './limits.js'
export { coversFilter, matches } from './mqtt/matching.js'
export { filterFault, parseSubscription } from './mqtt/topic-filter.js'
export { topicFault } from './mqtt/topic-name.js'
export { readVendResponse, type VendResponse } from './wire/vend-response.js'
