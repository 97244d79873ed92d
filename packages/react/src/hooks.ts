'use client'
import type { Message } from '@topic-credentials/client'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { type FeedSnapshot, idle, MessageFeed, type SessionSnapshot } from './store/index.js'
import { useStore } from './topic-session.js'

/**
 * The session: its `state`, `error`, `grants` and `expiration`, the `session` itself for publishing, and `reopen` for a session that has
 * ended.
 *
 * @example const { state, session } = useSession()
 */
export function useSession(): SessionSnapshot & { readonly reopen: () => void } {
  const store = useStore()
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot, () => idle)
  return { ...snapshot, reopen: store.reopen }
}

/**
 * Messages of a topic filter, while the component is mounted.
 *
 * @param taker a callback for each message, which can be a different function at each render; or the number of messages to keep
 * @returns the kept messages, oldest first, and the error if the subscription failed (not granted, refused)
 * @example const { messages } = useMessages('devices/+/state', { limit: 50 })
 */
export function useMessages(
  filter: string,
  taker: ((message: Message) => void) | { readonly limit: number },
): FeedSnapshot {
  const store = useStore()
  const feed = useMemo(() => new MessageFeed(store, filter), [store, filter])
  // Set before the subscription, so that no message arrives without a receiver.
  useEffect(() => {
    feed.onMessage = typeof taker === 'function' ? taker : undefined
    feed.limit = typeof taker === 'function' ? 0 : taker.limit
  })
  return useSyncExternalStore(feed.subscribe, feed.getSnapshot, feed.getServerSnapshot)
}

/**
 * Whether the grants allow the operation. Sends no request. False until there is a session.
 *
 * @example <button disabled={!useCan('publish', topic)}>
 */
export function useCan(operation: 'publish' | 'subscribe', topic: string): boolean {
  const store = useStore()
  const can = () => store.getSnapshot().session?.can(operation, topic) ?? false
  return useSyncExternalStore(store.subscribe, can, () => false)
}
