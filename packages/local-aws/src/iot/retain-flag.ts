import type { AedesPublishPacket, Client } from 'aedes'
import type { Store } from './store.js'
import { filterMatches } from './topic.js'

/** What we use of aedes' client and has no types. */
interface Internals {
  readonly subscriptions: Readonly<Record<string, { readonly rap?: boolean }>>
  _nextId: number
}

/** Whether a subscription with Retain As Published brings this topic; all others clear RETAIN [MQTT-3.3.1-12, 13]. */
export function keepsRetain(client: Client, topic: string): boolean {
  const { subscriptions } = client as unknown as Internals
  return Object.entries(subscriptions).some(([filter, { rap }]) => rap === true && filterMatches(filter, topic))
}

/**
 * The same message with the identifier under which it will be acknowledged, which its entry in the queue gets too. aedes does this
 * itself, except with RETAIN: it takes such a message for one of the retained ones, which are in no queue, and sends it again at
 * every resume.
 */
export function numbered(client: Client, packet: AedesPublishPacket, store: Store): AedesPublishPacket {
  const numbering = client as unknown as Internals
  const messageId = numbering._nextId
  numbering._nextId = messageId >= 65_535 ? 1 : messageId + 1
  const sent = { ...packet, messageId }
  store.persistence.outgoingUpdate(client, sent).catch(() => undefined) // it was never queued
  return sent
}
