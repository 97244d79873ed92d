export type { SharedTopic } from './own-topics.js'
export { type EntitlementsProof, type ProvedUser, proveEntitlements } from './prove-entitlements.js'
