import type { Sleeper } from '../../connection/transport.js'
import { page } from './page.js'

/**
 * Tells a session when its page slept and woke.
 *
 * - visible again, or the network is back: the connection may be dead, and timers may not have run for hours
 * - put aside (`pagehide` with `persisted`): with a WebSocket open, a page does not get into the back/forward cache
 * - back from there (`pageshow`)
 *
 * @returns ends it
 * @see https://developer.mozilla.org/en-US/docs/Web/API/Window/pagehide_event
 */
export function watchSleep(sleeper: Sleeper): () => void {
  const { document } = page
  const wake = () => sleeper.wake()
  const listeners: Record<string, (event: { readonly persisted?: boolean }) => void> = {
    online: wake,
    // The browser knows that the network is gone: better to know it now than after a message that nobody answers.
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
