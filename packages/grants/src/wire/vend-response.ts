import { byKind, type DroppedRule, type Grants, type TopicFilter } from '../grant-types.js'
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
 * @throws TypeError naming the field and never its value
 * @example readVendResponse(await response.json()).credentials.expiration
 */
export function readVendResponse(input: unknown): VendResponse {
  const response = objectAt(input, 'response')
  const keys = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiration'] as const
  const credentials = stringsAt(response.credentials, 'credentials', keys)
  if (Number.isNaN(Date.parse(credentials.expiration))) throw malformed('credentials.expiration', 'a time')
  const { policyForm: form, dropped } = response
  return {
    ...stringsAt(response, 'response', ['endpoint', 'region', 'userId', 'clientIdPrefix']),
    credentials,
    grants: grantsAt(response.grants),
    ...(isAbsent(dropped) ? {} : { dropped: listAt(dropped, 'dropped').map(droppedAt) }),
    policyCharacters: numberAt(response, 'policyCharacters'),
    ...(isPolicyForm(form) ? { policyForm: form } : {}),
    ...optionalAt(response, 'packedPolicySize'),
    ...optionalAt(response, 'spreadSeconds', spreadLimits),
  }
}

/** An unknown form, from a newer vendor, is ignored. */
function isPolicyForm(value: unknown): value is PolicyForm {
  return ['full', 'short', 'dense'].includes(value as string)
}

type Fields = Readonly<Record<string, unknown>>

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function objectAt(value: unknown, path: string): Fields {
  if (isRecord(value)) return value
  throw malformed(path, 'an object')
}

function listAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw malformed(path, 'a list')
}

function stringsAt<Key extends string>(value: unknown, path: string, keys: readonly Key[]): Record<Key, string> {
  const fields = objectAt(value, path)
  for (const key of keys) {
    if (typeof fields[key] !== 'string' || fields[key] === '') throw malformed(`${path}.${key}`, 'a string')
  }
  return Object.fromEntries(keys.map((key) => [key, fields[key]])) as Record<Key, string>
}

function numberAt(fields: Fields, key: string, { minimum, maximum }: Range = anyNumber): number {
  const value = Number.isSafeInteger(fields[key]) ? (fields[key] as number) : -1
  if (value >= minimum && value <= maximum) return value
  throw malformed(key, `an integer from ${minimum} to ${maximum}`)
}

const anyNumber: Range = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }

interface Range {
  readonly minimum: number
  readonly maximum: number
}

function optionalAt<Key extends string>(fields: Fields, key: Key, range?: Range): Partial<Record<Key, number>> {
  return isAbsent(fields[key]) ? {} : ({ [key]: numberAt(fields, key, range) } as Record<Key, number>)
}

/** Does not use `parseGrants`: its explanations for people who write grants would make the browser bundle larger. */
function grantsAt(value: unknown): Grants {
  const lists = objectAt(value, 'grants')
  return byKind((kind) => {
    const path = `grants.${kind}`
    const list = listAt(lists[kind] ?? [], path)
    for (const filter of list) {
      if (typeof filter !== 'string' || filterFault(filter)) throw malformed(`an entry of ${path}`, 'a topic filter')
    }
    return list as readonly TopicFilter[]
  })
}

function droppedAt(entry: unknown): DroppedRule {
  return stringsAt(entry, 'dropped[]', ['rule', 'reason', 'remedy'])
}

function malformed(path: string, expected: string): TypeError {
  return new TypeError(`${path} is not ${expected}`)
}
