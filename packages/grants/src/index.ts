export { type Ceiling, ceilingOf, ceilingPolicy } from './entitlements/ceiling.js'
export type { WiderTemplate } from './entitlements/ceiling-denies.js'
export { type Entitlements, parseEntitlements, type Rule } from './entitlements/entitlements.js'
export { type Entitled, entitledTo, grantsFor, mostMembers } from './entitlements/grants-for.js'
export { beyond, parseGrantRule, reachOf, withCeiling } from './entitlements/reach.js'
export type { User } from './entitlements/values.js'
export {
  CodedError,
  EntitlementError,
  type EntitlementErrorCode,
  type ErrorDetails,
  GrantError,
  type GrantErrorCode,
  RequestError,
  type RequestErrorCode,
} from './errors.js'
export { type AccessRequest, explain } from './explain.js'
export { type Decision, explainTopic, type TopicRequest } from './explain-topic.js'
export {
  byKind,
  type DroppedRule,
  type GrantKind,
  type GrantReference,
  type Grants,
  grantKinds,
  type TopicFilter,
} from './grant-types.js'
export { type Coverage, covers, parseGrants } from './grants.js'
export { isRecord, parseJson, parseJsonBytes, recordOf } from './json.js'
export { durationLimits, revocationRoom, rolePolicyLimit, sessionPolicyLimit, spreadLimits } from './limits.js'
export { matches } from './mqtt/matching.js'
export { parseTopicFilter } from './mqtt/topic-filter.js'
export { clientIdBytes, topicLimits } from './mqtt/topic-name.js'
export type { IotLocation } from './policy/iam/arn.js'
export { oneOrMany, type PolicyDocument, type Statement } from './policy/iam/policy-document.js'
export { estimatePackedSize, type PackedSize } from './policy/packed-size.js'
export { packedTooLarge } from './policy/refusal.js'
export type { SessionPolicyOptions } from './policy/scope.js'
export { type SessionPolicy, sessionPolicy } from './policy/session-policy.js'
export { elsewhereDenied, sharedDenies, widestRole } from './policy/shared-denies.js'
export type { PolicyForm } from './policy-form.js'
export { clientIdPrefix, encodeUserId } from './user-id.js'
export { parseVendResponse } from './wire/parse-vend-response.js'
export { type Problem, type ProblemCode, type ProblemExtras, parseProblem, problem, problems } from './wire/problem.js'
export { askedGrants, parseVendRequest, type VendRequest } from './wire/vend-request.js'
export type { ContainerCredentials, VendedCredentials, VendResponse } from './wire/vend-response.js'
