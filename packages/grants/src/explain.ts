import { type Decision, explainTopic, quote, refused, type TopicRequest } from './explain-topic.js'
import type { Grants } from './grant-types.js'
import { clientIdFault } from './mqtt/topic-name.js'
import { clientIdPrefix } from './user-id.js'

/** What the user wants to do. */
export type AccessRequest = TopicRequest | { readonly action: 'connect'; readonly clientId: string }

/**
 * Decides from the grants alone, by MQTT's rules and AWS's (`a/#` does not match `a`); no IAM policy is evaluated. Names that
 * AWS IoT itself refuses (more than 256 bytes or 7 slashes, a wildcard in a topic) are refused as well.
 *
 * @throws GrantError `invalid_user_id`
 * @example explain(grants, { userId: 'alice' }, { action: 'publish', topic: 'a/b' }).reason
 */
export function explain(grants: Grants, { userId }: { readonly userId: string }, request: AccessRequest): Decision {
  return request.action === 'connect'
    ? explainConnect(clientIdPrefix(userId), request.clientId)
    : explainTopic(grants, request)
}

function explainConnect(prefix: string, clientId: string): Decision {
  const fault = clientIdFault(clientId)
  if (fault) return refused(`The client ID ${quote(clientId)} ${fault}.`)
  if (clientId.startsWith(prefix)) return { allowed: true, reason: `The client ID begins with ${quote(prefix)}.` }
  return refused(`The client ID ${quote(clientId)} does not begin with ${quote(prefix)}.`)
}
