export type { PackedPolicyEstimate } from './packed-policy.js'
export { type Sts, startSts } from './server.js'
