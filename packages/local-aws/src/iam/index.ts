export { authorize, type ContextualRequest } from './authorize.js'
export type { ConditionContext, ConditionValue } from './condition-context.js'
export { DecisionMemory, type DecisionMemoryOptions } from './decision-memory.js'
export { Directory } from './directory.js'
export type { OpenIdConnectProvider, OpenIdKeys, Role, RoleSettings, SessionSettings, User } from './entities.js'
export {
  EntityAlreadyExistsError,
  LimitExceededError,
  MalformedPolicyDocumentError,
  NoSuchEntityError,
  ValidationError,
} from './errors.js'
export {
  type AccessRequest,
  type EvaluationDecision,
  evaluate,
  type NamedPolicy,
  type PolicySet,
} from './evaluate.js'
export { parsePolicyDocument } from './parse-policy-document.js'
export type { PolicyDocument, PolicyKind, Statement } from './policy-document.js'
export type { AccessKey, Principal } from './principal.js'
export { authorizeByTrust, authorizeFederated, authorizeService } from './trust-policy.js'
