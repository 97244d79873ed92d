import { RequestError } from '../errors.js'
import { type GrantKind, type Grants, grantKinds, type TopicFilter } from '../grant-types.js'
import { parseFilters } from '../grants.js'
import { isRecord } from '../json.js'
import { durationLimits } from '../limits.js'

/** Body of `POST /credentials`. Without any of the three lists it requests everything that the caller is entitled to. */
export interface VendRequest {
  readonly publish?: readonly TopicFilter[]
  readonly subscribe?: readonly TopicFilter[]
  readonly retain?: readonly TopicFilter[]
  /** Lifetime of the credentials in seconds, 900 to 3,600. */
  readonly durationSeconds?: number
}

/**
 * Reads the body of a vend request, already parsed as JSON; an absent body requests everything.
 *
 * @throws RequestError `malformed_request`, `unknown_key`, `invalid_duration` or `no_grants`
 * @throws GrantError `malformed_request`, `invalid_topic_filter` or `too_many_grants`
 * @example parseVendRequest({ subscribe: ['test'], durationSeconds: 900 })
 */
export function parseVendRequest(input: unknown): VendRequest {
  if (input === undefined) return {}
  if (!isRecord(input)) {
    throw new RequestError('malformed_request', 'The body is not a JSON object.', {
      value: input,
      remedy: 'Send {} for everything, or {"subscribe": ["test"]}.',
    })
  }
  const known = [...grantKinds, 'durationSeconds'] as const
  const unknown = Object.keys(input).find((key) => !(known as readonly string[]).includes(key))
  if (unknown !== undefined) {
    throw new RequestError('unknown_key', `The request has the unknown key ${JSON.stringify(unknown)}.`, {
      value: unknown,
      remedy: `Use ${known.join(', ')}.`,
    })
  }
  const asked = grantKinds.filter((kind) => input[kind] !== undefined)
  const lists: Partial<Record<GrantKind, readonly TopicFilter[]>> = {}
  for (const kind of asked) lists[kind] = parseFilters(kind, input[kind])
  if (asked.length > 0 && asked.every((kind) => lists[kind]?.length === 0)) {
    throw new RequestError('no_grants', 'The request has empty lists of grants.', {
      value: input,
      remedy: 'Name at least one topic filter, or omit the lists to request everything.',
    })
  }
  const { durationSeconds } = input
  return durationSeconds === undefined ? lists : { ...lists, durationSeconds: parseDuration(durationSeconds) }
}

/**
 * The requested grants; undefined if the request names none and so requests everything.
 *
 * @example askedGrants(parseVendRequest(body)) ?? grantsFor(entitlements, caller)
 */
export function askedGrants({ publish, subscribe, retain }: VendRequest): Grants | undefined {
  if (!publish && !subscribe && !retain) return undefined
  return { publish: publish ?? [], subscribe: subscribe ?? [], retain: retain ?? [] }
}

/** Does not print lists and objects, which can be nested too deeply for JSON.stringify. */
function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return Array.isArray(value) ? 'a list' : 'an object'
}

function parseDuration(value: unknown): number {
  const { minimum, maximum } = durationLimits
  if (Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum) {
    return value as number
  }
  throw new RequestError('invalid_duration', `durationSeconds is ${inWords(value)}.`, {
    value,
    remedy: `Set durationSeconds to an integer from ${minimum} to ${maximum}, or omit it.`,
  })
}
