import type { Sleeper } from '../../connection/transport.js'
import { type Listener, page, type Target } from './page.js'

/**
 * Notifies a session when its page sleeps and wakes up.
 *
 * - visible again, or network back: the connection may be dead, and timers may not have run for hours
 * - suspended (`pagehide` with `persisted`): a page with an open WebSocket cannot enter the back/forward cache
 * - restored from the back/forward cache (`pageshow`)
 *
 * @returns a function that stops it
 * @see https://developer.mozilla.org/en-US/docs/Web/API/Window/pagehide_event
 */
export function watchSleep(sleeper: Sleeper): () => void {
  const { document } = page
  const watching = new AbortController()
  const wake = () => sleeper.wake()
  const when = (target: Target | undefined, names: string, listener: Listener) => {
    for (const name of names.split(' ')) target?.addEventListener?.(name, listener, { signal: watching.signal })
  }
  // `offline`: the browser reports that the network is gone. Check now instead of waiting for an unanswered message.
  when(page, 'online offline', wake)
  when(page, 'pageshow', ({ persisted }) => persisted === true && wake())
  when(page, 'pagehide', ({ persisted }) => persisted === true && sleeper.suspend())
  when(document, 'visibilitychange', () => document?.visibilityState === 'visible' && wake())
  when(document, 'resume', wake)
  return () => watching.abort()
}
