/** Maximum length of a session policy in plain-text characters (STS). */
export const sessionPolicyLimit = 2048

/**
 * Maximum total length of the inline policies of a role (IAM), in characters without white space.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const rolePolicyLimit = 10_240

/** Characters of the role's policies that a deployment keeps free for revocations: about seventy users. */
export const revocationRoom = 3_000

/**
 * Lifetimes of credentials that a caller can request, in seconds. The function assumes the role with another role's credentials (role
 * chaining), which STS limits to one hour.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const durationLimits = { minimum: 900, maximum: 3600 } as const

/** Range of `spreadSeconds`, the period over which a throttled fleet spreads its retries. Capped at one day in case of a typo. */
export const spreadLimits = { minimum: 1, maximum: 86_400 } as const
