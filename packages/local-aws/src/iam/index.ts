export { authorize, type ContextualRequest } from './authorize.js'
export type { ConditionContext, ConditionValue } from './condition-context.js'
export type { Role, RoleSettings, SessionSettings } from './directory.js'
export { Directory } from './directory.js'
export { EntityAlreadyExistsError, MalformedPolicyDocumentError, NoSuchEntityError } from './errors.js'
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
export { authorizeByTrust, authorizeService } from './trust-policy.js'
