import { LimitExceededError, ValidationError } from '../errors.js'

/**
 * IAM's default quotas for documents, in characters without white space: a stack that exceeds them cannot be deployed.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const limits = { trust: 2_048, managed: 6_144, roleInline: 10_240, userInline: 2_048, managedPerRole: 10 } as const

/** Length of a parsed document without white space between its tokens. */
export function policySize(source: unknown): number {
  return JSON.stringify(typeof source === 'string' ? JSON.parse(source) : source).length
}

export function checkTrustPolicy(source: unknown): void {
  if (policySize(source) > limits.trust) {
    throw new LimitExceededError(`Cannot exceed quota for ACLSizePerRole: ${limits.trust}`)
  }
}

export function checkManagedPolicy(source: unknown): void {
  if (policySize(source) > limits.managed) {
    throw new LimitExceededError(`Cannot exceed quota for PolicySize: ${limits.managed}`)
  }
}

export function checkAttachments(arns: readonly string[]): void {
  if (arns.length > limits.managedPerRole) {
    throw new LimitExceededError(`Cannot exceed quota for PoliciesPerRole: ${limits.managedPerRole}`)
  }
}

/** All inline policies of one role or user together. */
export function checkInlinePolicies(owner: 'role' | 'user', name: string, characters: number): void {
  const limit = owner === 'role' ? limits.roleInline : limits.userInline
  if (characters > limit) {
    throw new LimitExceededError(`Maximum policy size of ${limit} bytes exceeded for ${owner} ${name}`)
  }
}

export function checkDuration(seconds: number): void {
  if (seconds >= 3_600 && seconds <= 43_200) return
  throw new ValidationError(`MaxSessionDuration must be between 3600 and 43200 seconds, got ${seconds}.`)
}

export function checkName(field: 'roleName' | 'userName', name: string): void {
  if (/^[\w+=,.@-]{1,64}$/u.test(name) && !name.includes('\n')) return
  throw new ValidationError(
    `1 validation error detected: Value '${name}' at '${field}' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]{1,64}`,
  )
}
