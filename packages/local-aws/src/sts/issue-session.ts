import {
  type ConditionContext,
  type Directory,
  MalformedPolicyDocumentError,
  type NamedPolicy,
  NoSuchEntityError,
  parsePolicyDocument,
  type Role,
} from '../iam/index.js'
import type { QueryOutput } from '../protocols/query-service.js'
import { ServiceError } from '../protocols/service-error.js'
import { invalidParameter, type StsSessionRequest } from './assume-role-request.js'
import { type PackedPolicyEstimate, packedPolicySize } from './packed-policy.js'

/** "The plaintext that you use for both inline and managed session policies can't exceed 2,048 characters." */
const plainTextCharacters = 2_048

/** An operation of a Query service, with the account and the estimate of the packed size in addition. */
export type StsOperation<Base extends (input: never) => unknown> = (
  input: Parameters<Base>[0] & { readonly directory: Directory; readonly packedPolicy: PackedPolicyEstimate },
) => ReturnType<Base>

/** @throws ServiceError if the session policy is invalid, or a managed policy does not exist */
export function checkSessionPolicy({ policy, policyArns }: StsSessionRequest, directory: Directory): void {
  const characters = [policy ?? '', ...policyArns].reduce((sum, text) => sum + text.length, 0)
  if (characters > plainTextCharacters) {
    const message = `Inline and managed session policies together have ${characters} characters of plain text; the limit is ${plainTextCharacters}.`
    throw new ServiceError('ValidationError', 400, message)
  }
  try {
    if (policy !== undefined) parsePolicyDocument(policy, 'session')
    for (const arn of policyArns) directory.policy(arn)
  } catch (error) {
    if (error instanceof MalformedPolicyDocumentError) throw new ServiceError(error.code, 400, error.message)
    if (error instanceof NoSuchEntityError) throw invalidParameter(error.message)
    throw error
  }
}

/** Condition keys that all AssumeRole… operations have. */
export function sessionContext(
  { roleSessionName }: StsSessionRequest,
  { tags, transitiveTagKeys, sourceIdentity }: SessionFacts,
): ConditionContext {
  return {
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': Object.keys(tags),
    'sts:TransitiveTagKeys': transitiveTagKeys,
    'sts:RoleSessionName': roleSessionName,
    'sts:SourceIdentity': sourceIdentity,
  }
}

/** The actions that a request needs: setting tags and a source identity each requires one more. */
export function actionsOf(action: string, { tags, sourceIdentity }: Omit<SessionFacts, 'transitiveTagKeys'>): string[] {
  return [
    action,
    ...(Object.keys(tags).length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity !== undefined ? ['sts:SetSourceIdentity'] : []),
  ]
}

/** A role's trust policy, as decisions see it now. */
export function trustOf(role: Role, { propagation }: Directory): NamedPolicy {
  return { name: `role ${role.roleName}: trust policy`, document: propagation.role(role, 'decisions').trustPolicy }
}

interface SessionFacts {
  readonly tags: Readonly<Record<string, string>>
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity: string | undefined
}

interface Issue extends SessionFacts {
  readonly directory: Directory
  readonly role: Role
  readonly request: StsSessionRequest
  readonly packedPolicy: PackedPolicyEstimate
}

/** The final steps of all AssumeRole… operations: the role's own limit, the packed size, the credentials. */
export function issueSession({ directory, role, request, packedPolicy, ...facts }: Issue): QueryOutput {
  const { policy, policyArns, durationSeconds } = request
  if (durationSeconds > role.maxSessionDuration) {
    const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
    throw new ServiceError('ValidationError', 400, message)
  }
  const packed = packedPolicySize({ policy, policyArns, tags: facts.tags }, packedPolicy)
  if (packed !== undefined && packed > 100) {
    const what = policy === undefined && policyArns.length === 0 ? 'tags' : 'policy'
    const message = `Packed size of session ${what} consumes ${packed}% of allotted space.`
    throw new ServiceError('PackedPolicyTooLarge', 400, message)
  }
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt, principal } = directory.addSession({
    role,
    sessionName: request.roleSessionName,
    sessionPolicy: policy,
    sessionPolicyArns: policyArns,
    durationSeconds,
    ...facts,
  })
  return {
    result: {
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: new Date(expiresAt ?? 0).toISOString().replace('.000Z', 'Z'),
      },
      AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
      PackedPolicySize: packed,
      SourceIdentity: facts.sourceIdentity,
    },
    fields: {
      role: role.arn,
      session: principal.arn,
      accessKeyId,
      durationSeconds,
      ...(packed === undefined ? {} : { packedPolicySize: packed }),
    },
  }
}
