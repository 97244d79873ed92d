import { clientIdPrefix, covers, explain, type Grants, parseGrants, type TopicFilter } from '@topic-credentials/grants'

/** What is tried with which expectation, for one user and its grants. */
export interface TestTopics {
  /** What to ask for: a part of the grants that fits the topics below and no more. */
  readonly ask: { readonly publish: readonly string[]; readonly subscribe: readonly string[] }
  /** Granted topic to publish to; undefined when nothing may be published. */
  readonly publish: string | undefined
  /** Granted topic to subscribe to; the same one where the grants allow it. */
  readonly subscribe: string | undefined
  /** Topics next to the granted one that were not asked for, nearest first. */
  readonly neighbours: readonly string[]
  /** A topic that the user is not entitled to. */
  readonly beyond: string
  /** Client IDs of somebody else. */
  readonly foreignClientIds: readonly string[]
}

/**
 * Chooses topics for the check. It prefers those that carry the user's ID, then those that end in something made up:
 * a message there reaches nobody. Only when the grants know fixed topics alone will their subscribers see it.
 *
 * The neighbours that matter most are those that the role allows to somebody: then it is the session policy alone that
 * refuses them. One is a granted topic that was not asked for, another the same topic of another user.
 *
 * @param nonce goes into topics and client IDs, so that two checks do not meet.
 */
export function chooseTopics(grants: Grants, userId: string, nonce: string): TestTopics {
  const own = (filters: readonly TopicFilter[], action: 'publish' | 'subscribe'): string[] =>
    filters
      // To join a group is to take messages away from its members.
      .filter((filter) => !filter.startsWith('$share/'))
      .map((filter) => instance(filter, nonce))
      .filter((topic) => may(grants, userId, action, topic))
      .sort((a, b) => privacy(b, userId, nonce) - privacy(a, userId, nonce))
  const publishable = own(grants.publish, 'publish')
  const subscribable = own(grants.subscribe, 'subscribe')
  const both = [...publishable, ...subscribable]
    .sort((a, b) => privacy(b, userId, nonce) - privacy(a, userId, nonce))
    .find((topic) => may(grants, userId, 'publish', topic) && may(grants, userId, 'subscribe', topic))
  const publish = both ?? publishable[0]
  const subscribe = both ?? subscribable[0]
  const asked = parseGrants({ publish: listed(publish), subscribe: listed(subscribe) })
  const outside = (topic: string): boolean =>
    !may(asked, userId, 'publish', topic) && !may(asked, userId, 'subscribe', topic)
  const candidates = [publish, subscribe].flatMap((topic) =>
    topic === undefined ? [] : [topic.replaceAll(userId, `${userId}2`), `${topic}2`],
  )
  const others = [...listed(publishable.find(outside)), ...listed(subscribable.find(outside))]
  const neighbours = new Set([...candidates.filter(outside), ...others])
  return {
    ask: asked,
    publish,
    subscribe,
    neighbours: [...neighbours].filter((topic) => Buffer.byteLength(topic) <= 256),
    beyond: beyond(grants, [...candidates, '#', `$${nonce}`]),
    foreignClientIds: [`${clientIdPrefix(userId).slice(0, -1)}2:${nonce}`, `somebody-else:${nonce}`],
  }
}

/** A topic that the filter matches: wildcards become the nonce. */
function instance(filter: string, nonce: string): string {
  return filter
    .split('/')
    .map((level) => (level === '+' || level === '#' ? nonce : level))
    .join('/')
}

function privacy(topic: string, userId: string, nonce: string): number {
  return (topic.includes(userId) ? 2 : 0) + (topic.includes(nonce) ? 1 : 0)
}

function may(grants: Grants, userId: string, action: 'publish' | 'subscribe', topic: string): boolean {
  const request = action === 'publish' ? { action, topic } : { action, filter: topic }
  return explain(grants, { userId }, request).allowed
}

/** May the user both publish and subscribe there? */
export function mayBoth(grants: Grants, userId: string, topic: string): boolean {
  return (
    Buffer.byteLength(topic) <= 256 && may(grants, userId, 'publish', topic) && may(grants, userId, 'subscribe', topic)
  )
}

function beyond(grants: Grants, candidates: readonly string[]): string {
  const found = candidates.find((filter) => !covers(grants, parseGrants({ subscribe: [filter] })).covered)
  if (found === undefined) throw new Error('The grants cover every topic that the check could ask for in vain.')
  return found
}

function listed(topic: string | undefined): string[] {
  return topic === undefined ? [] : [topic]
}
