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

/** What each scenario must tell, and which naive hooks must not. */
const expected: Readonly<Record<string, { readonly tells: unknown; readonly naive?: keyof Bundled['naive'] }>> = {
  'StrictMode opens one connection and subscribes once': {
    tells: { connections: 1, filters: ['a'], open: 0 },
    naive: 'inEffect',
  },
  '100 mounts leave nothing open': { tells: { open: 0, subscriptions: 0 }, naive: 'whileRendering' },
  'a new token does not connect again, and is used by the next vend': {
    tells: { connections: 1, vends: ['first', 'third'] },
    naive: 'inEffect',
  },
  'a changed callback does not subscribe again, and is the one that hears': {
    tells: { subscribed: 1, heard: ['9 x'] },
    naive: 'inEffect',
  },
  'no message is lost that comes between two renders': {
    tells: { first: '50', last: '149', count: 100 },
    naive: 'inEffect',
  },
  'what is granted is known without a round trip, and follows the grants': {
    tells: { first: [false, false], before: [true, false], after: [false, true], publishes: [], vends: 1 },
    naive: 'inEffect',
  },
  'the session tells its state, why it is interrupted or has ended, and can be opened anew': {
    tells: ['idle - -', 'closed refused -', 'connected - 0', 'interrupted gone 0', 'connected - 1', 'closed over 1'],
    naive: 'inEffect',
  },
  'what is not granted is an error that the component gets, and works once it is granted': {
    tells: { refused: 'c is not granted', now: undefined, filters: ['c'] },
  },
  'it is closed while it is not enabled': { tells: { open: [0, 1, 0, 1], connections: 2, last: 0 }, naive: 'inEffect' },
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

  it.each(Object.entries(expected))('%s', async (name, { tells, naive }) => {
    const scenario = bundled.scenarios[name]
    if (scenario === undefined) throw new Error('there is no such scenario')
    // Through JSON: what jsdom's side made has other prototypes.
    const told = async (hooks: Hooks) => JSON.parse(JSON.stringify(await scenario(bench(hooks))))
    expect(await told(bundled.ours)).toEqual(JSON.parse(JSON.stringify(tells)))
    if (naive === undefined) return
    const other = await told({ ...bundled.ours, ...bundled.naive[naive] }).catch((error: unknown) => String(error))
    expect(other).not.toEqual(JSON.parse(JSON.stringify(tells)))
  })
})
