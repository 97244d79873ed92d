import { runInNewContext } from 'node:vm'
import { expect, it } from '@jest/globals'
import { bundleWithReact } from './testing/bundle.js'

const entry = `
  import { createElement } from 'react'
  import { renderToString } from 'react-dom/server.browser'
  import * as ours from '../index.js'
  import { whileRendering } from './naive-hooks.js'
  import { FakeClient } from './fake-client.js'

  export function render(naive) {
    const hooks = naive ? { ...ours, ...whileRendering } : ours
    const client = new FakeClient()
    const Child = () => {
      const { state } = hooks.useSession()
      const { messages } = hooks.useMessages('a', { limit: 5 })
      return createElement('p', null, state, ' ', String(hooks.useCan('publish', 'a')), ' ', messages.length)
    }
    const { connect } = client
    const html = renderToString(createElement(hooks.TopicSession, { credentials: client.credentials('x'), connect }, createElement(Child)))
    return JSON.stringify({ html: html.replaceAll('<!-- -->', ''), vends: client.vends.length })
  }
`

it.each([18, 19] as const)(
  'React %s renders on a server without a connection; a naive hook opens one',
  async (version) => {
    const code = await bundleWithReact(entry, version, { mode: 'production' })
    const globals = {
      TextEncoder,
      TextDecoder,
      MessageChannel: class {
        readonly port1 = {}
        readonly port2 = { postMessage() {} }
      },
      setTimeout,
      clearTimeout,
      queueMicrotask,
      console,
      AbortController,
      performance,
      ReadableStream,
    }
    const bundled = runInNewContext(`${code}; bundled`, globals) as { render(naive: boolean): string }
    expect(JSON.parse(bundled.render(false))).toEqual({ html: '<p>idle false 0</p>', vends: 0 })
    expect(JSON.parse(bundled.render(true))).toMatchObject({ vends: 1 })
  },
)
