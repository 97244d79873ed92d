import {
  type ConnectOptions,
  connect,
  type FromVendorOptions,
  fromVendor,
  type Session,
  type VendedCredentialsProvider,
} from '@topic-credentials/client'
import { createElement, type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import * as ours from '../index.js'
import { inEffect } from './naive-hooks.js'
import type { Hooks } from './scenarios.js'

/** The page of the browser tests: the hooks with the real client. The tests call its functions. */

type Options = Omit<ConnectOptions, 'credentials' | 'signal'>

const nothingShown = { state: '', texts: [] as readonly string[], can: [] as readonly boolean[] }
const root = createRoot(document.createElement('div'))
const heard: string[] = []
/** The sessions of all mounts, as long as they are reachable. */
const sessions = new Set<WeakRef<Session>>()
let shown = nothingShown
let kept: { readonly credentials: VendedCredentialsProvider; readonly connect: typeof connect } | undefined

function Probe({ hooks }: { readonly hooks: Hooks }): null {
  const { state } = hooks.useSession()
  const { messages } = hooks.useMessages('test', { limit: 100 })
  const can = [hooks.useCan('publish', 'test'), hooks.useCan('publish', 'other')]
  shown = { state, texts: messages.map((message) => message.text()), can }
  return null
}

/** Uses a new callback at each render. */
function Listener({ hooks, turn }: { readonly hooks: Hooks; readonly turn: number }): null {
  const { state } = hooks.useSession()
  hooks.useMessages('test', (message) => heard.push(`${turn} ${message.text()}`))
  shown = { ...shown, state }
  return null
}

function hooksOf(naive: boolean): Hooks {
  return naive ? { ...ours, ...inEffect } : ours
}

/** Naive hooks get `options` only in this way. */
function connectWith(options: Options): typeof connect {
  return async (one) => {
    const session = await connect({ ...options, ...one })
    sessions.add(new WeakRef(session))
    return session
  }
}

const page = {
  /** A new provider each time, as a program without useMemo makes it. */
  render(naive: boolean, vendor: FromVendorOptions, options: Options): void {
    const { TopicSession, ...hooks } = hooksOf(naive)
    const session = createElement(
      TopicSession,
      { credentials: fromVendor(vendor), options, ...(naive && { connect: connectWith(options) }) },
      createElement(Probe, { hooks: { TopicSession, ...hooks } }),
    )
    root.render(createElement(StrictMode, null, session))
  },

  /** The same session, and another callback for its messages. */
  renderListener(naive: boolean, vendor: FromVendorOptions, options: Options, turn: number): void {
    const hooks = hooksOf(naive)
    kept ??= { credentials: fromVendor(vendor), connect: connectWith(options) }
    root.render(createElement(hooks.TopicSession, kept, createElement(Listener, { hooks, turn })))
  },

  /** Mounts and unmounts this many times in StrictMode: alternately as soon as it has rendered, and once it is connected. */
  async mounts(naive: boolean, vendor: FromVendorOptions, options: Options, count: number): Promise<void> {
    const hooks = hooksOf(naive)
    const credentials = fromVendor(vendor)
    for (let mount = 0; mount < count; mount++) {
      shown = nothingShown
      const one = createRoot(document.createElement('div'))
      const props = { credentials, connect: connectWith(options) }
      const tree: ReactNode = createElement(hooks.TopicSession, props, createElement(Probe, { hooks }))
      one.render(createElement(StrictMode, null, tree))
      const done = () => (mount % 2 === 0 ? shown !== nothingShown : shown.state === 'connected')
      while (!done()) await new Promise((resolve) => setTimeout(resolve, 1))
      one.unmount()
    }
    shown = nothingShown
  },

  unmount: () => root.render(null),
  shown: () => shown,
  heard: () => heard,
  /** Number of sessions that are still reachable. */
  held: () => [...sessions].filter((session) => session.deref() !== undefined).length,
  opened: () => sessions.size,
}

/** Called by the page, so that a bundler does not remove it. */
export function start(): void {
  Object.assign(globalThis, { page })
}
