import { listParameter, memberName } from '../protocols/query.js'
import { ServiceError } from '../protocols/service-error.js'

/** The parameters common to all AssumeRole… operations, each with its own limits. */
export interface StsSessionRequest {
  readonly roleArn: string
  readonly roleSessionName: string
  /** Seconds, 900 to 43200; default 3600. */
  readonly durationSeconds: number
  readonly policy: string | undefined
  readonly policyArns: readonly string[]
}

export interface AssumeRoleRequest extends StsSessionRequest {
  readonly tags: Readonly<Record<string, string>>
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity: string | undefined
  readonly externalId: string | undefined
}

/** Lengths, patterns and counts of the API model. @throws ServiceError ValidationError that names every violation */
export function readAssumeRoleRequest(parameters: URLSearchParams): AssumeRoleRequest {
  const violations: string[] = []
  const session = readStsSessionRequest(parameters, violations)
  const sourceIdentity = readText(parameters, violations, 'SourceIdentity', sessionName)
  const externalIdLimits = { min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' }
  const externalId = readText(parameters, violations, 'ExternalId', externalIdLimits)
  const tags = readTags(parameters, violations)
  requireValid(session, violations)
  if (sourceIdentity?.startsWith('aws:')) {
    throw new ServiceError('ValidationError', 400, "SourceIdentity may not begin with the reserved prefix 'aws:'.")
  }
  return { ...session, ...tags, sourceIdentity, externalId }
}

/** The same for AssumeRoleWithWebIdentity; tags and source identity are in the token. */
export function readWebIdentityRequest(parameters: URLSearchParams): StsSessionRequest & { readonly token: string } {
  const violations: string[] = []
  const session = readStsSessionRequest(parameters, violations)
  const token = readText(parameters, violations, 'WebIdentityToken', { required: true, min: 4, max: 20_000 })
  requireValid(session, violations)
  return { ...session, token: token ?? '' }
}

const sessionName = { min: 2, max: 64, pattern: '[\\w+=,.@-]*' }

function readStsSessionRequest(parameters: URLSearchParams, violations: string[]): StsSessionRequest {
  const text = (name: string, limits: Limits) => readText(parameters, violations, name, limits)
  const roleArn = text('RoleArn', { required: true, min: 20, max: 2048 }) ?? ''
  const roleSessionName = text('RoleSessionName', { required: true, ...sessionName }) ?? ''
  const duration = parameters.get('DurationSeconds') ?? '3600'
  if (!/^\d{1,9}$/u.test(duration)) {
    const message = `DurationSeconds must be a whole number of seconds, got '${duration}'.`
    throw new ServiceError('MalformedInput', 400, message)
  }
  const durationSeconds = Number(duration)
  if (durationSeconds < 900) violations.push(outOfRange(durationSeconds, 'greater', 900))
  if (durationSeconds > 43_200) violations.push(outOfRange(durationSeconds, 'less', 43_200))
  const policy = text('Policy', { min: 1, max: 2048, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' })
  const policyArns = listParameter(parameters, 'PolicyArns', 'arn')
  if (policyArns.length > 10) violations.push(`Value at 'policyArns' ${failed}have length less than or equal to 10`)
  for (const arn of policyArns) violations.push(...check(arn, 'policyArns', { min: 20, max: 2048 }))
  return { roleArn, roleSessionName, durationSeconds, policy, policyArns }
}

/** @throws ServiceError if there are violations, or the ARN is not a role's */
function requireValid({ roleArn }: StsSessionRequest, violations: readonly string[]): void {
  if (violations.length > 0) throw validationError(violations)
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\x21-\x7e]+$/u.test(roleArn)) {
    throw new ServiceError('ValidationError', 400, `${roleArn} is invalid`)
  }
}

function readText(parameters: URLSearchParams, violations: string[], name: string, limits: Limits): string | undefined {
  const value = parameters.get(name)
  if (value !== null) {
    violations.push(...check(value, memberName(name), limits))
  } else if (limits.required) {
    violations.push(`Value null at '${memberName(name)}' ${failed}not be null`)
  }
  return value ?? undefined
}

interface Limits {
  readonly required?: boolean
  readonly min: number
  readonly max: number
  readonly pattern?: string
}

const failed = 'failed to satisfy constraint: Member must '

function check(value: string, member: string, { min, max, pattern }: Limits): string[] {
  const violation = (constraint: string) => `Value '${value}' at '${member}' ${failed}${constraint}`
  const found: string[] = []
  if (value.length < min) found.push(violation(`have length greater than or equal to ${min}`))
  if (value.length > max) found.push(violation(`have length less than or equal to ${max}`))
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(value)) {
    found.push(violation(`satisfy regular expression pattern: ${pattern}`))
  }
  return found
}

function outOfRange(value: number, direction: 'greater' | 'less', limit: number): string {
  return `Value '${value}' at 'durationSeconds' ${failed}have value ${direction} than or equal to ${limit}`
}

const tagText = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*'

function readTags(
  parameters: URLSearchParams,
  violations: string[],
): Pick<AssumeRoleRequest, 'tags' | 'transitiveTagKeys'> {
  const keys = listParameter(parameters, 'Tags', 'Key')
  const transitiveTagKeys = listParameter(parameters, 'TransitiveTagKeys')
  for (const [name, list] of Object.entries({ tags: keys, transitiveTagKeys })) {
    if (list.length > 50) violations.push(`Value at '${name}' ${failed}have length less than or equal to 50`)
  }
  const tags: [string, string][] = []
  for (const [index, key] of keys.entries()) {
    const member = `tags.${index + 1}.member`
    const value = parameters.get(`Tags.member.${index + 1}.Value`)
    violations.push(...checkTag(key, `${member}.key`, 1, 128))
    if (value === null) {
      violations.push(`Value null at '${member}.value' ${failed}not be null`)
    } else {
      violations.push(...checkTag(value, `${member}.value`, 0, 256))
    }
    if (tags.some(([other]) => other.toLowerCase() === key.toLowerCase())) {
      throw invalidParameter('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
    }
    if (/^aws:/iu.test(key)) throw invalidParameter(`Tag key ${key} begins with the reserved prefix aws:.`)
    tags.push([key, value ?? ''])
  }
  // Not assigned one by one, because `__proto__` is a valid tag key.
  return { tags: Object.fromEntries(tags), transitiveTagKeys }
}

function checkTag(value: string, member: string, min: number, max: number): string[] {
  const fits = new RegExp(`^${tagText}$`, 'u').test(value)
  return [
    ...check(value, member, { min, max }),
    ...(fits ? [] : [`Value '${value}' at '${member}' ${failed}satisfy regular expression pattern: ${tagText}`]),
  ]
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', 400, message)
}

/** Lists all violations of the API model in one error, in AWS's words. */
function validationError(violations: readonly string[]): ServiceError {
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected`
  return new ServiceError('ValidationError', 400, `${count}: ${violations.join('; ')}`)
}
