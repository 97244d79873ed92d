import { GrantError } from './errors.js'
import {
  byKind,
  type GrantKind,
  type GrantReference,
  type Grants,
  grantKinds,
  type TopicFilter,
} from './grant-types.js'
import { isRecord } from './json.js'
import { coversFilterFast } from './mqtt/literal-ends.js'
import { parseTopicFilter } from './mqtt/topic-filter.js'

/** Maximum number of entries per list. No session policy of 2,048 characters can hold more. */
export const maximumGrants = 200

/**
 * Validates grants from outside. Absent lists are empty; duplicate entries count once.
 *
 * @throws GrantError `malformed_request`, `unknown_key`, `invalid_topic_filter` or `too_many_grants`
 * @example parseGrants({ publish: ['test'], subscribe: ['devices/+/telemetry'] })
 */
export function parseGrants(input: unknown): Grants {
  if (!isRecord(input)) {
    throw new GrantError('malformed_request', 'Grants must be an object with lists of topic filters.', {
      value: input,
      remedy: 'Write {"publish": ["test"], "subscribe": ["test"]}.',
    })
  }
  const unknown = Object.keys(input).find((key) => !(grantKinds as readonly string[]).includes(key))
  if (unknown !== undefined) {
    throw new GrantError('unknown_key', `Grants have the unknown key ${JSON.stringify(unknown)}.`, {
      value: unknown,
      remedy: 'Use publish, subscribe and retain.',
    })
  }
  return byKind((kind) => parseFilters(kind, input[kind]))
}

/** Reads one list of grants; an absent list is empty. */
export function parseFilters(kind: GrantKind, list: unknown): readonly TopicFilter[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) {
    throw new GrantError('malformed_request', `${kind} must be a list of topic filters.`, {
      value: list,
      remedy: `Write {"${kind}": ["test"]}.`,
    })
  }
  if (list.length > maximumGrants) {
    throw new GrantError('too_many_grants', `${kind} has ${list.length} entries; the limit is ${maximumGrants}.`, {
      value: list.length,
      remedy: 'Grant wider filters such as "devices/#" instead of many narrow ones.',
    })
  }
  return [...new Set(list.map((entry) => parseGrant(kind, entry)))]
}

function parseGrant(kind: GrantKind, entry: unknown): TopicFilter {
  const filter = parseTopicFilter(entry)
  if (kind !== 'subscribe' && filter.startsWith('$share/')) {
    throw new GrantError(
      'invalid_topic_filter',
      `${kind} does not support shared subscriptions: ${JSON.stringify(filter)}.`,
      {
        value: filter,
        remedy: 'Use "$share/…" filters only under subscribe.',
      },
    )
  }
  if (kind === 'retain' && filter.startsWith('$')) {
    throw new GrantError('invalid_topic_filter', `AWS IoT does not retain messages on ${JSON.stringify(filter)}.`, {
      value: filter,
      remedy: 'Remove topics that begin with "$" from retain: AWS reserves them.',
    })
  }
  return filter
}

/** The result of {@link covers}. */
export type Coverage =
  | { readonly covered: true }
  | { readonly covered: false; readonly missing: readonly GrantReference[] }

/**
 * Is a holder of `outer` entitled to `inner`? Each filter of `inner` must be covered by one of the same kind in `outer`.
 *
 * @example covers(entitled, asked)  // { covered: false, missing: [{ kind: 'publish', filter: 'admin' }] }
 */
export function covers(outer: Grants, inner: Grants): Coverage {
  const missing = grantKinds.flatMap((kind) =>
    inner[kind]
      .filter((filter) => !outer[kind].some((given) => coversFilterFast(given, filter)))
      .map((filter) => ({ kind, filter })),
  )
  return missing.length === 0 ? { covered: true } : { covered: false, missing }
}
