import fc from 'fast-check'
import type { AccessRequest } from '../explain.js'
import type { Grants } from '../grant-types.js'
import { parseGrants } from '../grants.js'
import { filterFault } from '../mqtt/topic-filter.js'

/** Levels with a special meaning in IAM, JSON, STS or AWS IoT, and plain ones that collide often. */
const level = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('*', '?', '$', '{', '${*}', '${aws:userid}', '$*', '$$', 'a*', '*a', '${', '}', '$a'),
  },
  { weight: 2, arbitrary: fc.constantFrom('', 'é', 'ÿ', 'Ā', '日本', '😀', '"', '\\', ' ', '\u007f', '\u0001', '\n') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'x:topic',
      ':topicfilter',
      'u:client',
      'topic',
      'arn:aws:iot:*:*:topic',
      '$aws',
      '$share',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('l'.repeat(255), 'é'.repeat(127), 'l'.repeat(128)) },
)

const filterLevel = fc.oneof({ weight: 5, arbitrary: level }, { weight: 2, arbitrary: fc.constant('+') })

const levels = fc.oneof(
  { weight: 8, arbitrary: fc.array(filterLevel, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(filterLevel, { minLength: 7, maxLength: 8 }) },
)

/** Valid topic filters. */
const plainFilter = fc
  .tuple(
    fc.constantFrom('', '', '', '', '$aws/', '$aws/rules/r/', 'a/', 'a/b/'),
    levels,
    fc.constantFrom('', '', '', '/#'),
  )
  .map(([start, parts, end]) => start + parts.join('/') + end)

const wideFilter = fc.constantFrom('#', '+', '+/+', '+/#', 'a/#', 'a/+', '/#', '/+', '+/a', 'a/b/#')

const topicFilter = fc
  .oneof({ weight: 8, arbitrary: plainFilter }, { weight: 1, arbitrary: wideFilter })
  .filter((filter) => !filter.startsWith('$share') && filterFault(filter) === undefined)

const sharedFilter = fc
  .tuple(fc.constantFrom('g', 'h', '*'), topicFilter)
  .map(([group, filter]) => `$share/${group}/${filter}`)
  .filter((filter) => filterFault(filter) === undefined)

const subscribeFilter = fc.oneof({ weight: 6, arbitrary: topicFilter }, { weight: 1, arbitrary: sharedFilter })

/** Small sets, many of which IAM can express exactly and many of which it cannot. */
export const anyGrants: fc.Arbitrary<Grants> = fc
  .record({
    publish: fc.array(topicFilter, { maxLength: 3 }),
    subscribe: fc.array(subscribeFilter, { maxLength: 3 }),
    retain: fc.array(
      topicFilter.filter((filter) => !filter.startsWith('$')),
      { maxLength: 2 },
    ),
    both: fc.array(topicFilter, { maxLength: 3 }),
  })
  .map(({ publish, subscribe, retain, both }) =>
    parseGrants({ publish: [...publish, ...both], subscribe: [...subscribe, ...both], retain }),
  )

/** Sets of mostly literal filters for publish and subscribe, which the dense form is for. */
export const sharedArnGrants: fc.Arbitrary<Grants> = fc
  .record({
    both: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.array(level, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')) },
        { weight: 1, arbitrary: plainFilter },
      ),
      { minLength: 2, maxLength: 6 },
    ),
    start: fc.constantFrom('', 'a/', 'site/', '$aws/', 'a*/', 'x:topic'),
    publish: fc.array(topicFilter, { maxLength: 1 }),
    subscribe: fc.array(subscribeFilter, { maxLength: 1 }),
  })
  .map(({ both, start, publish, subscribe }) => {
    const sharedArns = both
      .map((filter) => start + filter)
      .filter((filter) => !filter.startsWith('$share') && !filterFault(filter))
    return parseGrants({ publish: [...publish, ...sharedArns], subscribe: [...subscribe, ...sharedArns] })
  })

/** A recipe for a request from a grant: values for its wildcards, then a change. */
export interface Attempt {
  readonly pick: number
  readonly fills: readonly string[]
  readonly change: number
  readonly piece: string
  readonly action: 'connect' | 'publish' | 'retain' | 'receive' | 'subscribe'
}

const piece = fc.oneof({ weight: 5, arbitrary: level }, { weight: 1, arbitrary: fc.constantFrom('+', '#', 'a/b', '/') })

export const attempts = fc.array(
  fc.record<Attempt>({
    pick: fc.nat(20),
    fills: fc.array(piece, { minLength: 2, maxLength: 3 }),
    change: fc.nat(17),
    piece,
    action: fc.constantFrom('connect', 'publish', 'publish', 'retain', 'receive', 'receive', 'subscribe', 'subscribe'),
  }),
  { minLength: 60, maxLength: 60, size: 'max' },
)

/** The request of an attempt with these grants. */
export function requestOf(
  grants: Grants,
  userPrefix: string,
  { pick, fills, change, piece, action }: Attempt,
): AccessRequest {
  const filters = [...grants.publish, ...grants.subscribe, ...grants.retain]
  const filter: string = filters[pick % Math.max(filters.length, 1)] ?? piece
  if (action === 'connect') {
    const mine = userPrefix + piece
    const ids = [
      mine,
      piece,
      `${piece}:client/${mine}`,
      userPrefix,
      userPrefix.slice(0, -1),
      `x${mine}`,
      `client/${mine}`,
    ]
    return { action, clientId: ids[change % ids.length] as string }
  }
  const inner = action === 'subscribe' && change % 2 === 0 ? filter : filter.replace(/^\$share\/[^/]*\//u, '')
  let wildcard = 0
  const filled = inner
    .split('/')
    .map((part) =>
      part !== '+' && part !== '#' ? part : change > 14 && action === 'subscribe' ? part : (fills[wildcard++] ?? part),
    )
    .join('/')
  const name = changed(filled, change, piece)
  if (action === 'subscribe') return { action, filter: name }
  if (action === 'receive') return { action, topic: name }
  return { action: 'publish', topic: name, retain: action === 'retain' }
}

function changed(name: string, change: number, piece: string): string {
  const parts = name.split('/')
  const middle = Math.floor(parts.length / 2)
  const changes = [
    `${name}/${piece}`,
    `${piece}/${name}`,
    `${piece}${name}`,
    `${name}${piece}`,
    parts.slice(0, -1).join('/'),
    parts.slice(1).join('/'),
    parts.toSpliced(middle, 0, piece).join('/'),
    parts.toSpliced(middle, 1, piece).join('/'),
    `${piece}:topic/${name}`,
    `${piece}:topicfilter/${name}`,
    `$share/g/${name}`,
  ]
  return changes[change] ?? name
}
