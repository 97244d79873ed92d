import { RequestError } from '../errors.js'
import type { DroppedRule, GrantKind, Grants, TopicFilter } from '../grant-types.js'
import { isRecord } from '../json.js'
import { spreadLimits } from '../limits.js'
import { filterFault } from '../mqtt/topic-filter.js'
import type { PolicyForm } from '../policy-form.js'

/** Temporary AWS credentials. Three of the four fields are secret: never log them. */
export interface VendedCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** ISO 8601, UTC: `2026-11-23T17:00:00Z`. */
  readonly expiration: string
}

/** Response to `POST /credentials`: everything that a client needs to connect. */
export interface VendResponse {
  readonly credentials: VendedCredentials
  /** Host of the account's IoT data plane, without scheme; with a port only in a stand-in. */
  readonly endpoint: string
  readonly region: string
  readonly userId: string
  /** Client IDs must begin with this. */
  readonly clientIdPrefix: string
  /** What the credentials allow. */
  readonly grants: Grants
  /** Rules that apply to the user but were skipped, because a value cannot be part of a topic. Absent: none. */
  readonly dropped?: readonly DroppedRule[]
  /** Length of the session policy in characters; the limit of STS is 2,048. */
  readonly policyCharacters: number
  /** How the session policy is written: `full`, `short` or `dense`; absent from vendors that have one form. */
  readonly policyForm?: PolicyForm
  /** Percentage of STS's packed size limit in use. */
  readonly packedPolicySize?: number
  /**
   * The period in which AWS's quotas can serve the operator's whole fleet, in seconds, 1 to 86,400: a throttled client retries at a
   * random time within it. Absent: not configured.
   */
  readonly spreadSeconds?: number
}

/**
 * Response to `GET /credentials`, in the format that the AWS SDKs' HTTP credentials provider reads.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export interface ContainerCredentials {
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
  readonly Token: string
  /** ISO 8601, UTC. */
  readonly Expiration: string
}

/**
 * Reads a vendor's response. Unknown fields are ignored, so an older client accepts a newer vendor.
 *
 * @throws RequestError `malformed_response`, naming the field and never its value
 * @example parseVendResponse(await response.json()).credentials.expiration
 */
export function parseVendResponse(input: unknown): VendResponse {
  const response = objectAt(input, 'The response')
  const credentials = objectAt(response.credentials, 'credentials')
  const expiration = textAt(credentials, 'expiration', 'credentials.')
  if (Number.isNaN(Date.parse(expiration))) throw malformed('credentials.expiration is not a time')
  const { policyForm: form, packedPolicySize: packed, spreadSeconds: spread, dropped } = response
  return {
    credentials: {
      accessKeyId: textAt(credentials, 'accessKeyId', 'credentials.'),
      secretAccessKey: textAt(credentials, 'secretAccessKey', 'credentials.'),
      sessionToken: textAt(credentials, 'sessionToken', 'credentials.'),
      expiration,
    },
    endpoint: textAt(response, 'endpoint'),
    region: textAt(response, 'region'),
    userId: textAt(response, 'userId'),
    clientIdPrefix: textAt(response, 'clientIdPrefix'),
    grants: grantsAt(response.grants),
    ...(dropped === undefined || dropped === null ? {} : { dropped: droppedAt(dropped) }),
    policyCharacters: numberAt(response, 'policyCharacters'),
    ...(isPolicyForm(form) ? { policyForm: form } : {}),
    ...(packed === undefined || packed === null ? {} : { packedPolicySize: numberAt(response, 'packedPolicySize') }),
    ...(spread === undefined || spread === null ? {} : { spreadSeconds: spreadAt(response) }),
  }
}

/** A form that this client does not know is ignored. */
function isPolicyForm(value: unknown): value is PolicyForm {
  return value === 'full' || value === 'short' || value === 'dense'
}

type Fields = Readonly<Record<string, unknown>>

function objectAt(value: unknown, name: string): Fields {
  if (isRecord(value)) return value
  throw malformed(`${name} is not an object`)
}

function textAt(fields: Fields, key: string, path = ''): string {
  const value = fields[key]
  if (typeof value === 'string' && value !== '') return value
  throw malformed(`${path}${key} is not a string`)
}

function numberAt(fields: Fields, key: string): number {
  const value = fields[key]
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw malformed(`${key} is not an integer`)
}

function spreadAt(fields: Fields): number {
  const seconds = numberAt(fields, 'spreadSeconds')
  const { minimum, maximum } = spreadLimits
  if (seconds >= minimum && seconds <= maximum) return seconds
  throw malformed(`spreadSeconds is not between ${minimum} and ${maximum}`)
}

/** Does not use `parseGrants`, whose explanations are for people who write grants: browsers load this module. */
function grantsAt(value: unknown): Grants {
  const lists = objectAt(value, 'grants')
  return {
    publish: filtersAt(lists, 'publish'),
    subscribe: filtersAt(lists, 'subscribe'),
    retain: filtersAt(lists, 'retain'),
  }
}

function filtersAt(lists: Fields, kind: GrantKind): readonly TopicFilter[] {
  const list = lists[kind] ?? []
  if (!Array.isArray(list)) throw malformed(`grants.${kind} is not a list`)
  for (const filter of list) {
    const fault = typeof filter === 'string' ? filterFault(filter) : 'is not a string'
    if (fault) throw malformed(`a filter of grants.${kind} ${fault}`)
  }
  return list
}

function droppedAt(value: unknown): readonly DroppedRule[] {
  if (!Array.isArray(value)) throw malformed('dropped is not a list')
  return value.map((entry: unknown) => {
    const fields = objectAt(entry, 'an entry of dropped')
    const [rule, reason, remedy] = ['rule', 'reason', 'remedy'].map((key) => textAt(fields, key, 'dropped[].'))
    return { rule: rule ?? '', reason: reason ?? '', remedy: remedy ?? '' }
  })
}

function malformed(what: string): RequestError {
  return new RequestError('malformed_response', `The vendor's response is not valid: ${what}.`, {
    remedy: 'Check that the URL is that of the credential vendor, and that client and vendor have compatible versions.',
  })
}
