export type { PackedPolicyEstimate } from './packed-policy.js'
export { type Sts, type StsFaults, type StsSettings, startSts } from './server.js'
