import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from '@jest/globals'
import type { Plugin } from 'esbuild'
import { compile } from 'svelte/compiler'
import { bundleWithReact } from './testing/bundle.js'
import { type Element, openWindow } from './testing/jsdom.js'

/** The README's snippets for other frameworks, unchanged, with the real Vue and Svelte in jsdom. */

/** What a component with the snippet shows, and what is open while it is mounted and afterwards. */
const works = { first: 'idle', shown: 'connected one,two', connections: 1, subscribed: 1, open: 0, subscriptions: 0 }

/** Mounts one component, delivers two messages, and unmounts it. `mount` returns the function that unmounts it. */
const scenario = `
  import { FakeClient } from './fake-client.js'
  import { MessageFeed, SessionStore } from '@topic-credentials/react/store'

  async function settle() {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve))
  }

  export async function run(element) {
    const client = new FakeClient()
    const { connect } = client
    const store = new SessionStore({ credentials: client.credentials('x'), connect })
    const feed = new MessageFeed(store, 'a')
    feed.limit = 5
    const first = store.getSnapshot().state
    const unmount = mount(element, store, feed)
    await settle()
    const subscribed = client.subscriptions
    client.last.deliver('one')
    client.last.deliver('two')
    await settle()
    const shown = element.textContent
    unmount()
    await settle()
    const { open, subscriptions, sessions } = client
    return JSON.stringify({ first, shown, connections: sessions.length, subscribed, open, subscriptions })
  }
`

const vueMount = `
  import { useStore, useTopicSession } from 'snippet'
  import { createApp, h } from 'vue'
  function mount(element, store, feed) {
    const app = createApp({
      setup() {
        const session = useTopicSession(store)
        const messages = useStore(feed)
        return () => h('p', session.value.state + ' ' + messages.value.messages.join())
      },
    })
    app.mount(element)
    return () => app.unmount()
  }
`

const svelteMount = `
  import { mount as mountSvelte, unmount } from 'svelte'
  import Component from 'component'
  function mount(target, store, feed) {
    const component = mountSvelte(Component, { target, props: { store, feed } })
    return () => unmount(component)
  }
`

const svelteComponent = `
  <script>
    import { messagesOf, sessionOf } from 'snippet'
    const { store, feed } = $props()
    const session = sessionOf(store)
    const messages = messagesOf(feed)
  </script>
  <p>{$session.state} {$messages.messages.join()}</p>
`

let readme: string
beforeAll(async () => {
  readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
})

/** The first block of TypeScript after a line that begins with the name. */
function snippetOf(framework: string): string {
  const [, snippet = ''] = new RegExp(`^${framework}[^\\n]*:\\n\\n\`\`\`ts\\n(.*?)\`\`\``, 'msu').exec(readme) ?? []
  if (snippet === '') throw new Error(`The README has no snippet for ${framework}`)
  return snippet
}

/** Files in memory, by the name in the import. */
function inMemory(
  files: Readonly<Record<string, { readonly contents: string; readonly loader: 'js' | 'ts' }>>,
): Plugin {
  return {
    name: 'in-memory',
    setup({ onResolve, onLoad }) {
      // biome-ignore lint/style/useUnicodeRegex: esbuild runs it, in Go.
      onResolve({ filter: /^(snippet|component)$/ }, ({ path }) => ({ path, namespace: 'memory' }))
      // biome-ignore lint/style/useUnicodeRegex: as above.
      onLoad({ filter: /./, namespace: 'memory' }, ({ path }) => ({
        ...files[path],
        resolveDir: new URL('testing', import.meta.url).pathname,
      }))
    },
  }
}

async function run(mount: string, snippet: string): Promise<unknown> {
  const compiled = compile(svelteComponent, { generate: 'client', discloseVersion: false }).js.code
  const plugins = [
    inMemory({
      snippet: { contents: snippet, loader: 'ts' },
      component: { contents: compiled, loader: 'js' },
    }),
  ]
  const code = await bundleWithReact(mount + scenario, 19, { plugins, mode: 'production' })
  const window = openWindow()
  const bundled = window.eval(`${code}; bundled`) as { run(element: Element): Promise<string> }
  return JSON.parse(await bundled.run(window.document.createElement('div')))
}

describe.each([
  { framework: 'Vue', mount: vueMount, release: 'onUnmounted(() => release())' },
  { framework: 'Svelte', mount: svelteMount, release: 'release()' },
])('$framework', ({ framework, mount, release }) => {
  it('shows the session and its messages, and releases both', async () => {
    expect(await run(mount, snippetOf(framework))).toEqual(works)
  })

  it('would stay connected without the release in the snippet', async () => {
    const snippet = snippetOf(framework)
    expect(snippet).toContain(release)
    expect(await run(mount, snippet.replace(release, ''))).toEqual({ ...works, open: 1 })
  })
})
