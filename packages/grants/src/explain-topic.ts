import type { GrantKind, GrantReference, Grants } from './grant-types.js'
import { coversFilter, matches } from './mqtt/matching.js'
import { filterFault, parseSubscription } from './mqtt/topic-filter.js'
import { topicFault } from './mqtt/topic-name.js'
import { nearestGrant } from './nearest-grant.js'

/** What the user wants to do with a topic. */
export type TopicRequest =
  | { readonly action: 'publish'; readonly topic: string; readonly retain?: boolean }
  | { readonly action: 'receive'; readonly topic: string; readonly retain?: boolean }
  | { readonly action: 'subscribe'; readonly filter: string }

/** Whether the request is allowed, and why. */
export interface Decision {
  readonly allowed: boolean
  /** One sentence for people. */
  readonly reason: string
  /** The grant that allows it. */
  readonly grant?: GrantReference
  /** When refused: the closest grant. */
  readonly nearest?: GrantReference
}

/**
 * Decides from the grants alone, by MQTT's rules and AWS's (`a/#` does not match `a`); no IAM policy is evaluated. Names that
 * AWS IoT itself refuses (more than 256 bytes or 7 slashes, a wildcard in a topic) are refused as well.
 *
 * @example explainTopic(grants, { action: 'publish', topic: 'a/b' }).reason
 */
export function explainTopic(grants: Grants, request: TopicRequest): Decision {
  switch (request.action) {
    case 'subscribe':
      return explainSubscribe(grants, request.filter)
    case 'receive':
      return explainReceive(grants, request.topic)
    case 'publish':
      return explainPublish(grants, request.topic, request.retain ?? false)
  }
}

function explainSubscribe(grants: Grants, filter: string): Decision {
  const fault = filterFault(filter)
  if (fault) return refused(`The topic filter ${quote(filter)} ${fault}.`)
  const grant = grants.subscribe.find((given) => coversFilter(given, filter))
  if (grant) return granted('subscribe', grant, filter)
  return notGranted(grants, 'subscribe', `Subscribing to ${quote(filter)}`, filter)
}

function explainReceive(grants: Grants, topic: string): Decision {
  const fault = topicFault(topic)
  if (fault) return refused(`The topic ${quote(topic)} ${fault}.`)
  const grant = grants.subscribe.find((given) => matches(parseSubscription(given).filter, topic))
  if (grant) return granted('subscribe', grant, topic)
  return notGranted(grants, 'subscribe', `Receiving from ${quote(topic)}`, topic)
}

function explainPublish(grants: Grants, topic: string, retain: boolean): Decision {
  const fault = topicFault(topic)
  if (fault) return refused(`The topic ${quote(topic)} ${fault}.`)
  const grant = grants.publish.find((given) => matches(given, topic))
  if (!grant) return notGranted(grants, 'publish', `Publishing to ${quote(topic)}`, topic)
  if (!retain) return granted('publish', grant, topic)
  const retained = grants.retain.find((given) => matches(given, topic))
  if (retained) return granted('retain', retained, topic)
  return notGranted(grants, 'retain', `Publishing to ${quote(topic)} with RETAIN`, topic)
}

function granted(kind: GrantKind, filter: string, name: string): Decision {
  const reason =
    filter === name
      ? `The grant ${kind} ${quote(filter)} allows exactly this.`
      : `The grant ${kind} ${quote(filter)} covers ${quote(name)}.`
  return { allowed: true, reason, grant: { kind, filter } }
}

function notGranted(grants: Grants, kind: GrantKind, what: string, name: string): Decision {
  const nearest = nearestGrant(grants, kind, name)
  if (!nearest) return refused(`${what} is not granted: there are no ${kind} grants.`)
  const reason = `${what} is not granted; the nearest grant is ${nearest.kind} ${quote(nearest.filter)}.${starHint(nearest.filter)}`
  return { allowed: false, reason, nearest }
}

/** For readers who know IAM: in MQTT, `*` is an ordinary character. */
function starHint(filter: string): string {
  return filter.includes('*')
    ? ' In a topic filter "*" is an ordinary character: "+" matches one level, a trailing "#" all levels below.'
    : ''
}

export function refused(reason: string): Decision {
  return { allowed: false, reason }
}

export function quote(text: string): string {
  return JSON.stringify(text)
}
