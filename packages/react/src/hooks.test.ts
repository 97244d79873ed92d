import { beforeAll, describe, expect, it } from '@jest/globals'
import { bundleWithReact, type ReactVersion } from './testing/bundle.js'
import { openWindow, type Window } from './testing/jsdom.js'
import type { Bench, Hooks, Scenario } from './testing/scenarios.js'

const entry = `
  export { scenarios } from './scenarios.js'
  export * as ours from '../index.js'
  export * as naive from './naive-hooks.js'
  export { createRoot } from 'react-dom/client'
`

interface Bundled extends Pick<Bench, 'createRoot'> {
  readonly scenarios: Readonly<Record<string, Scenario>>
  readonly ours: Hooks
  readonly naive: { readonly inEffect: Partial<Hooks>; readonly whileRendering: Partial<Hooks> }
}

/** The result of each scenario, and the naive hooks that must not have this result. */
const expected: Readonly<Record<string, { readonly result: unknown; readonly naive?: keyof Bundled['naive'] }>> = {
  'StrictMode opens one connection and subscribes once': {
    result: { connections: 1, filters: ['a'], open: 0 },
    naive: 'inEffect',
  },
  '100 mounts leave nothing open': { result: { open: 0, subscriptions: 0 }, naive: 'whileRendering' },
  'a new token does not connect again, and is used by the next vend': {
    result: { connections: 1, vends: ['first', 'third'] },
    naive: 'inEffect',
  },
  'a changed callback does not subscribe again, and receives the next message': {
    result: { subscribed: 1, heard: ['9 x'] },
    naive: 'inEffect',
  },
  'no message between two renders is lost': {
    result: { first: '50', last: '149', count: 100 },
    naive: 'inEffect',
  },
  'useCan needs no request, and follows the grants': {
    result: { first: [false, false], before: [true, false], after: [false, true], publishes: [], vends: 1 },
    naive: 'inEffect',
  },
  'useSession returns the state and the error, and reopens a session that has ended': {
    result: ['idle - -', 'closed refused -', 'connected - 0', 'interrupted gone 0', 'connected - 1', 'closed over 1'],
    naive: 'inEffect',
  },
  'a filter that is not granted is an error until it is granted': {
    result: { refused: 'c is not granted', now: undefined, filters: ['c'] },
  },
  'the session is closed while it is not enabled': {
    result: { open: [0, 1, 0, 1], connections: 2, last: 0 },
    naive: 'inEffect',
  },
}

describe.each([18, 19] as const)('React %s in jsdom', (version: ReactVersion) => {
  let bundled: Bundled
  let window: Window

  beforeAll(async () => {
    window = openWindow()
    const code = await bundleWithReact(entry, version)
    bundled = window.eval(`globalThis.IS_REACT_ACT_ENVIRONMENT = true; ${code}; bundled`) as Bundled
  })

  const bench = (hooks: Hooks): Bench => ({
    hooks,
    createRoot: bundled.createRoot,
    container: () => window.document.createElement('div'),
  })

  it('has every scenario', () => expect(Object.keys(bundled.scenarios)).toEqual(Object.keys(expected)))

  it.each(Object.entries(expected))('%s', async (name, { result, naive }) => {
    const scenario = bundled.scenarios[name]
    if (scenario === undefined) throw new Error('there is no such scenario')
    // Through JSON, because the objects of jsdom have other prototypes.
    const resultOf = async (hooks: Hooks) => JSON.parse(JSON.stringify(await scenario(bench(hooks))))
    expect(await resultOf(bundled.ours)).toEqual(JSON.parse(JSON.stringify(result)))
    if (naive === undefined) return
    const other = await resultOf({ ...bundled.ours, ...bundled.naive[naive] }).catch((error: unknown) => String(error))
    expect(other).not.toEqual(JSON.parse(JSON.stringify(result)))
  })
})
