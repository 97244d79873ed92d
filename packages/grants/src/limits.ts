/** Characters of plain text that STS takes for one session policy. */
export const sessionPolicyLimit = 2048

/**
 * Characters that IAM takes for all inline policies of a role together, white space not counted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const rolePolicyLimit = 10_240

/** Characters of the role's policies that a deployment leaves free, for revocations: some seventy users. */
export const revocationRoom = 3_000

/**
 * Seconds that can be asked for. The function assumes the role with a role's credentials (role chaining), which STS limits to
 * one hour.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const durationLimits = { minimum: 900, maximum: 3600 } as const

/** Seconds over which a throttled fleet may be told to spread itself. At most a day, in case of a typing error. */
export const spreadLimits = { minimum: 1, maximum: 86_400 } as const
