import { type ConnectOptions, connect, type FromVendorOptions, fromVendor } from '@topic-credentials/client'
import { createElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import * as ours from '../index.js'
import { inEffect } from './naive-hooks.js'
import type { Hooks } from './scenarios.js'

/** The page of the browser's tests: hooks over the real client, in StrictMode, as a test tells it. */

let shown = { state: '', texts: [] as readonly string[], can: [] as readonly boolean[] }

function Probe({ hooks }: { readonly hooks: Hooks }): null {
  const { state } = hooks.useSession()
  const { messages } = hooks.useMessages('test', { limit: 100 })
  const can = [hooks.useCan('publish', 'test'), hooks.useCan('publish', 'other')]
  shown = { state, texts: messages.map((message) => message.text()), can }
  return null
}

const root = createRoot(document.createElement('div'))

const page = {
  /** A new provider each time, as a program without useMemo makes it. */
  render(naive: boolean, vendor: FromVendorOptions, options: Omit<ConnectOptions, 'credentials' | 'signal'>): void {
    const hooks: Hooks = naive ? { ...ours, ...inEffect } : ours
    const session = createElement(
      hooks.TopicSession,
      {
        credentials: fromVendor(vendor),
        options,
        ...(naive && { connect: (one: ConnectOptions) => connect({ ...options, ...one }) }),
      },
      createElement(Probe, { hooks }),
    )
    root.render(createElement(StrictMode, null, session))
  },
  unmount: () => root.render(null),
  shown: () => shown,
}

/** Called by the page, so that a bundler does not leave it out. */
export function start(): void {
  Object.assign(globalThis, { page })
}
