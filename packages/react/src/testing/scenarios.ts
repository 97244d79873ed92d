import { act, createElement, Fragment, type ReactNode, StrictMode } from 'react'
import type { TopicSession, useCan, useMessages, useSession } from '../index.js'
import { FakeClient } from './fake-client.js'

/** The hooks under test: ours, or naive ones. */
export interface Hooks {
  readonly TopicSession: typeof TopicSession
  readonly useSession: typeof useSession
  readonly useMessages: typeof useMessages
  readonly useCan: typeof useCan
}

/** From react-dom/client, which differs by version. */
export type CreateRoot = (container: unknown) => { render(node: ReactNode): void; unmount(): void }

export interface Bench {
  readonly hooks: Hooks
  readonly createRoot: CreateRoot
  /** An element to render into. */
  readonly container: () => unknown
}

/** Runs the hooks, and resolves with what they did. */
export type Scenario = (bench: Bench) => Promise<unknown>

/** Waits for promises, effects, and timers of the next macrotasks. */
async function settle(work: () => unknown = () => {}): Promise<void> {
  await act(async () => {
    await work()
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve))
  })
}

/** Calls hooks as a component would. */
function Probe({ look }: { readonly look: () => void }): null {
  look()
  return null
}

function setUp({ hooks, createRoot, container }: Bench) {
  const client = new FakeClient()
  const root = createRoot(container())
  const credentials = client.credentials('first')
  const render = (children: ReactNode, props: object = {}, wrapper: typeof Fragment = Fragment) => {
    const { connect } = client
    const session = createElement(hooks.TopicSession, { credentials, connect, ...props }, children)
    return settle(() => root.render(createElement(wrapper, null, session)))
  }
  return { client, root, render }
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'StrictMode opens one connection and subscribes once': async (bench) => {
    const { client, root, render } = setUp(bench)
    const look = () => {
      bench.hooks.useMessages('a', { limit: 5 })
    }
    await render(createElement(Probe, { look }), {}, StrictMode)
    const { length: connections } = client.sessions
    const { filters } = client.last
    await settle(() => root.unmount())
    return { connections, filters: [...filters], open: client.open }
  },

  '100 mounts leave nothing open': async (bench) => {
    const client = new FakeClient()
    const look = () => {
      bench.hooks.useMessages('a', () => {})
    }
    const credentials = client.credentials('first')
    for (let mount = 0; mount < 100; mount++) {
      const root = bench.createRoot(bench.container())
      const tree = createElement(
        bench.hooks.TopicSession,
        { credentials, connect: client.connect },
        createElement(Probe, { look }),
      )
      await settle(() => root.render(tree))
      await settle(() => root.unmount())
    }
    return { open: client.open, subscriptions: client.subscriptions }
  },

  'a new token does not connect again, and is used by the next vend': async (bench) => {
    const { client, root, render } = setUp(bench)
    await render(null)
    for (const name of ['second', 'third']) await render(null, { credentials: client.credentials(name) })
    await client.renew()
    const { length: connections } = client.sessions
    await settle(() => root.unmount())
    return { connections, vends: client.vends }
  },

  'a changed callback does not subscribe again, and receives the next message': async (bench) => {
    const { client, root, render } = setUp(bench)
    const heard: string[] = []
    const look = (turn: number) => () => {
      bench.hooks.useMessages('a', (message) => heard.push(`${turn} ${message}`))
    }
    for (let turn = 0; turn < 10; turn++) await render(createElement(Probe, { look: look(turn) }))
    await settle(() => client.last.deliver('x'))
    const { length: subscribed } = client.last.filters
    await settle(() => root.unmount())
    return { subscribed, heard }
  },

  'no message between two renders is lost': async (bench) => {
    const { client, root, render } = setUp(bench)
    let shown: readonly unknown[] = []
    const look = () => {
      shown = bench.hooks.useMessages('a', { limit: 100 }).messages
    }
    await render(createElement(Probe, { look }))
    await settle(() => {
      for (let number = 0; number < 150; number++) client.last.deliver(String(number))
    })
    await settle(() => root.unmount())
    return { first: shown[0], last: shown.at(-1), count: shown.length }
  },

  'useCan needs no request, and follows the grants': async (bench) => {
    const { client, root, render } = setUp(bench)
    const seen: boolean[][] = []
    const look = () => {
      seen.push([bench.hooks.useCan('publish', 'a'), bench.hooks.useCan('publish', 'c')])
    }
    await render(createElement(Probe, { look }))
    const before = seen.at(-1)
    const session = client.last
    await settle(() => {
      session.grants = { publish: ['c'], subscribe: [], retain: [] }
      session.emit('renewed')
    })
    await settle(() => root.unmount())
    return { first: seen[0], before, after: seen.at(-1), publishes: session.publishes, vends: client.vends.length }
  },

  'useSession returns the state and the error, and reopens a session that has ended': async (bench) => {
    const { client, root, render } = setUp(bench)
    const states: string[] = []
    let reopen = () => {}
    const look = () => {
      const session = bench.hooks.useSession()
      states.push(`${session.state} ${session.error?.message ?? '-'} ${session.expiration?.getTime() ?? '-'}`)
      reopen = session.reopen
    }
    client.failing = new Error('refused')
    await render(createElement(Probe, { look }))
    client.failing = undefined
    await settle(reopen)
    const session = client.last
    await settle(() => {
      session.state = 'interrupted'
      session.emit('interrupted', new Error('gone'))
    })
    await settle(() => {
      session.state = 'connected'
      session.expiration = new Date(1)
      session.emit('connected', {})
    })
    await settle(() => {
      session.state = 'closed'
      session.emit('closed', new Error('over'))
    })
    await settle(() => root.unmount())
    // React batches changes, so it may or may not render a short state such as `connecting`.
    return states.filter((state, index) => state !== states[index - 1] && !state.startsWith('connecting'))
  },

  'a filter that is not granted is an error until it is granted': async (bench) => {
    const { client, root, render } = setUp(bench)
    const errors: (string | undefined)[] = []
    const look = () => {
      errors.push(bench.hooks.useMessages('c', { limit: 1 }).error?.message)
    }
    await render(createElement(Probe, { look }))
    const refused = errors.at(-1)
    await settle(() => {
      client.last.grants = { publish: [], subscribe: ['c'], retain: [] }
      client.last.emit('renewed')
    })
    const { filters } = client.last
    await settle(() => root.unmount())
    return { refused, now: errors.at(-1), filters: [...filters] }
  },

  'the session is closed while it is not enabled': async (bench) => {
    const { client, root, render } = setUp(bench)
    const open: number[] = []
    for (const enabled of [false, true, false, true]) {
      await render(null, { enabled })
      open.push(client.open)
    }
    await settle(() => root.unmount())
    return { open, connections: client.sessions.length, last: client.open }
  },
}
