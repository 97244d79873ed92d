import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { root, tarballs } from './testing/tools.js'

/** examples/chat from packed packages: deployed by the CDK to a stand-in. Two users in Chromium use its React page. */

interface Tab {
  goto(url: string): Promise<unknown>
  type(selector: string, text: string): Promise<void>
  click(selector: string): Promise<void>
  waitForFunction(condition: string, options: { readonly polling: number }): Promise<unknown>
  $eval(selector: string, read: (element: { readonly textContent: string }) => string): Promise<string>
  on(event: 'pageerror', listener: (error: Error) => void): void
  bringToFront(): Promise<void>
  close(): Promise<void>
}

let registry: Registry
let app: Consumer
let browser: { newPage(): Promise<Tab>; close(): Promise<void> }
let url = ''
beforeAll(async () => {
  registry = await Registry.start(tarballs)
  app = new Consumer(registry)
  cpSync(join(root, 'examples/chat'), app.folder, { recursive: true })
  await app.install()
  await app.standIn()
  const exports = (await app.expect('npx', 'local-aws', '--env')).stdout
  const variables = [...exports.matchAll(/^export (\w+)='([^']*)'$/gmu)].map(([, name, value]) => [name, value])
  app.env = { ...Object.fromEntries(variables), CDK_DISABLE_VERSION_CHECK: '1', PORT: '0' }
  await app.expect('npm', 'run', 'deploy')
  const server = app.start('node', 'server.js')
  url = await new Promise((resolve) =>
    server.stdout?.setEncoding('utf8').once('data', (line: string) => resolve(line.trim())),
  )
  browser = await chromium()
}, 300_000)
afterAll(async () => {
  await browser?.close()
  await app[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

/** The app's own build, and a build with esbuild. Both write `dist`, which the server reads for each request. */
const builds = [
  ['Vite', () => app.expect('npm', 'run', 'build')],
  [
    'esbuild',
    async () => {
      await app.install('--no-save', 'esbuild@0.28.2')
      rmSync(join(app.folder, 'dist'), { recursive: true })
      mkdirSync(join(app.folder, 'dist'))
      const html = readFileSync(join(app.folder, 'web/index.html'), 'utf8')
      app.write('dist/index.html', html.replace('main.jsx', 'main.js'))
      const options = [
        '--bundle',
        '--minify',
        '--format=esm',
        '--platform=browser',
        '--jsx=automatic',
        '--target=es2022',
      ]
      await app.expect('npx', 'esbuild', 'web/main.jsx', ...options, '--outfile=dist/main.js')
    },
  ],
] as const

describe.each(builds)('the page, built by %s', (_name, build) => {
  beforeAll(async () => {
    await build()
  }, 300_000)

  it('a user receives the messages of another user with the name of the sender', async () => {
    const alice = await signedIn('alice')
    const bob = await signedIn('bob')
    // A page that has subscribed receives its own message.
    await says(bob, 'here')
    await hears(bob, 'Chat~~bob: here')
    await says(alice, 'hello bob')
    await hears(bob, 'Chat~~alice: hello bob')

    await says(bob, '/as Chat~~alice I am a fool')
    await bob.waitForFunction("document.getElementById('state').textContent.includes('may not publish')", {
      polling: 50,
    })
    expect(await alice.$eval('#messages', ({ textContent }) => textContent)).not.toContain('fool')
    await alice.close()
    await bob.close()
  })
})

it('the server vends only to signed-in users', async () => {
  const { status } = await fetch(`${url}/credentials`, { method: 'POST', headers: { authorization: 'Bearer x' } })
  expect(status).toBe(401)
})

async function signedIn(name: string): Promise<Tab> {
  const tab = await browser.newPage()
  const errors: string[] = []
  tab.on('pageerror', ({ message }) => errors.push(message))
  await tab.goto(url)
  await tab.type('#name', name)
  await tab.click('#login button')
  const signedIn = `document.getElementById('state').textContent === 'Signed in as Chat~~${name}'`
  await tab.waitForFunction(signedIn, { polling: 50 }).catch((error: unknown) => {
    throw new Error(errors.join('\n'), { cause: error })
  })
  return tab
}

async function says(tab: Tab, text: string): Promise<void> {
  // A hidden tab renders no frames, which a click needs.
  await tab.bringToFront()
  await tab.type('#text', text)
  await tab.click('#say button')
}

async function hears(tab: Tab, text: string): Promise<void> {
  const there = `document.getElementById('messages').textContent.includes(${JSON.stringify(text)})`
  await tab.waitForFunction(there, { polling: 50 })
}

/** The Chromium that the client's own tests install. */
async function chromium(): Promise<typeof browser> {
  const from = createRequire(join(root, 'packages/client/browser/package.json'))
  const load = async (name: string) => (await import(pathToFileURL(from.resolve(name)).href)).default
  const [bundled, puppeteer] = await Promise.all([load('@sparticuz/chromium'), load('puppeteer-core')])
  const executablePath = await bundled.executablePath()
  return puppeteer.launch({ executablePath, args: ['--no-sandbox'], headless: 'shell' })
}
