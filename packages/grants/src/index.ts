export { type CeilingScope, ceilingPolicy } from './entitlements/ceiling.js'
export { type Entitlements, parseEntitlements } from './entitlements/entitlements.js'
export { type Caller, grantsFor } from './entitlements/grants-for.js'
export {
  EntitlementError,
  type EntitlementErrorCode,
  GrantError,
  type GrantErrorCode,
  type GrantReference,
  RequestError,
  type RequestErrorCode,
} from './errors.js'
export { type AccessRequest, type Decision, explain } from './explain.js'
export { type Coverage, covers, type GrantKind, type Grants, parseGrants } from './grants.js'
export type { PolicyDocument, Statement } from './iam/policy-document.js'
export { sessionPolicyLimit } from './iam/policy-document.js'
export { matches } from './mqtt-matching.js'
export { type SessionPolicy, type SessionPolicyOptions, sessionPolicy } from './session-policy.js'
export { parseTopicFilter, type TopicFilter } from './topic-filter.js'
export { clientIdBytes, topicLimits } from './topic-name.js'
export { clientIdPrefix, encodeUserId } from './user-id.js'
export { type Problem, type ProblemCode, type ProblemExtras, parseProblem, problem, problems } from './wire/problem.js'
export { askedGrants, durationLimits, parseVendRequest, type VendRequest } from './wire/vend-request.js'
export {
  type ContainerCredentials,
  parseVendResponse,
  type VendedCredentials,
  type VendResponse,
} from './wire/vend-response.js'
