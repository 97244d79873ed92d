'use client'
import type { Message } from '@topic-credentials/client'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { type FeedSnapshot, idle, MessageFeed, type SessionSnapshot } from './store/index.js'
import { useStore } from './topic-session.js'

/**
 * What is known of the session: `state`, `error`, `grants`, `expiration`, and the `session` itself, to publish with; `reopen` after it has
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
 * @param taker hears each message, and may be another function at each render; or how many of the last messages are kept
 * @returns the messages that are kept, oldest first, and why there are none, where there is a reason (not granted, refused)
 * @example const { messages } = useMessages('devices/+/state', { limit: 50 })
 */
export function useMessages(
  filter: string,
  taker: ((message: Message) => void) | { readonly limit: number },
): FeedSnapshot {
  const store = useStore()
  const feed = useMemo(() => new MessageFeed(store, filter), [store, filter])
  // Before it is subscribed: no message comes ahead of who takes it.
  useEffect(() => {
    feed.onMessage = typeof taker === 'function' ? taker : undefined
    feed.limit = typeof taker === 'function' ? 0 : taker.limit
  })
  return useSyncExternalStore(feed.subscribe, feed.getSnapshot, feed.getServerSnapshot)
}

/**
 * Whether the grants allow it: known without asking anybody, false until there is a session.
 *
 * @example <button disabled={!useCan('publish', topic)}>
 */
export function useCan(operation: 'publish' | 'subscribe', topic: string): boolean {
  const store = useStore()
  const can = () => store.getSnapshot().session?.can(operation, topic) ?? false
  return useSyncExternalStore(store.subscribe, can, () => false)
}
