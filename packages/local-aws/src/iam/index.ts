export type { ConditionContext, ConditionValue } from './conditions/context.js'
export { authorize, type ContextualRequest } from './decision/authorize.js'
export {
  type AccessRequest,
  type Decision,
  evaluate,
  type NamedPolicy,
  type PolicySet,
} from './decision/evaluate.js'
export { DecisionMemory, type DecisionMemoryOptions } from './decision/memory.js'
export { authorizeByTrust, authorizeFederated, authorizeService } from './decision/trust.js'
export { Directory } from './directory/directory.js'
export type {
  OpenIdConnectProvider,
  OpenIdKeys,
  Role,
  RoleSessionSettings,
  RoleSettings,
  User,
} from './directory/entities.js'
export type { SavedDirectory } from './directory/saved.js'
export {
  EntityAlreadyExistsError,
  LimitExceededError,
  MalformedPolicyDocumentError,
  NoSuchEntityError,
  ValidationError,
} from './errors.js'
export type { PolicyDocument, PolicyKind, Statement } from './policy/document.js'
export { parsePolicyDocument } from './policy/parse.js'
export type { TypeWildcards } from './policy/type-wildcards.js'
export type { AccessKey, CognitoIdentity, Principal } from './principal.js'
