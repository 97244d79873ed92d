import type { Sleeper } from '../../connection/transport.js'
import { page } from './page.js'

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
  const wake = () => sleeper.wake()
  const listeners: Record<string, (event: { readonly persisted?: boolean }) => void> = {
    online: wake,
    // The browser reports that the network is gone: check now instead of waiting for an unanswered message.
    offline: wake,
    pageshow: ({ persisted }) => {
      if (persisted === true) wake()
    },
    pagehide: ({ persisted }) => {
      if (persisted === true) sleeper.suspend()
    },
  }
  const visible = () => {
    if (document?.visibilityState === 'visible') wake()
  }
  for (const [name, listener] of Object.entries(listeners)) page.addEventListener?.(name, listener)
  document?.addEventListener('visibilitychange', visible)
  document?.addEventListener('resume', wake)
  return () => {
    for (const [name, listener] of Object.entries(listeners)) page.removeEventListener?.(name, listener)
    document?.removeEventListener('visibilitychange', visible)
    document?.removeEventListener('resume', wake)
  }
}
