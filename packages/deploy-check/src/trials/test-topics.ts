import { clientIdPrefix, covers, explain, type Grants, parseGrants, type TopicFilter } from '@topic-credentials/grants'

/** The topics and client IDs of the trials for one user and its grants. */
export interface TestTopics {
  /** The grants to request: the part that covers the topics below. */
  readonly ask: { readonly publish: readonly string[]; readonly subscribe: readonly string[] }
  /** A granted topic to publish to; undefined if none is granted. */
  readonly publish: string | undefined
  /** A granted topic to subscribe to; equal to `publish` if the grants allow it. */
  readonly subscribe: string | undefined
  /** Topics close to the granted one that were not requested, closest first. */
  readonly neighbours: readonly string[]
  /** A topic that is not granted to the user. */
  readonly beyond: string
  /** Client IDs of other users. */
  readonly foreignClientIds: readonly string[]
}

/**
 * Chooses topics for the check. It prefers topics that contain the user's ID, then topics that end in a generated level, because no client
 * subscribes to those. If the grants only contain fixed topics, their subscribers receive the test message.
 *
 * The most important neighbours are those that the role allows for some user, because only the session policy refuses them. One is a
 * granted topic that was not requested, another is the same topic of another user.
 *
 * @param nonce part of topics and client IDs, so that concurrent checks do not interfere
 */
export function chooseTopics(grants: Grants, userId: string, nonce: string): TestTopics {
  const own = (filters: readonly TopicFilter[], action: 'publish' | 'subscribe'): string[] =>
    filters
      // A member of a share group would take messages away from the other members.
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

/** A topic that the filter matches, with the nonce in place of wildcards. */
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

/** Whether the user can both publish and subscribe there. */
export function allowsBoth(grants: Grants, userId: string, topic: string): boolean {
  return (
    Buffer.byteLength(topic) <= 256 && may(grants, userId, 'publish', topic) && may(grants, userId, 'subscribe', topic)
  )
}

function beyond(grants: Grants, candidates: readonly string[]): string {
  const found = candidates.find((filter) => !covers(grants, parseGrants({ subscribe: [filter] })).covered)
  if (found === undefined) throw new Error('The grants cover every topic that the check could expect to be refused.')
  return found
}

function listed(topic: string | undefined): string[] {
  return topic === undefined ? [] : [topic]
}
