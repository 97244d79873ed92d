import { cpSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { root, tarballs } from './testing/tools.js'

/** examples/chat from packed packages: deployed by the real CDK into a stand-in, driven in Chromium by two users. */

interface Tab {
  goto(url: string): Promise<unknown>
  type(selector: string, text: string): Promise<void>
  click(selector: string): Promise<void>
  waitForFunction(condition: string, options: { readonly polling: number }): Promise<unknown>
  $eval(selector: string, read: (element: { readonly textContent: string }) => string): Promise<string>
  on(event: 'pageerror', listener: (error: Error) => void): void
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
  await app.expect('npm', 'run', 'build')
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

it('what one user says is heard by another, under the name of who said it', async () => {
  const alice = await signedIn('alice')
  const bob = await signedIn('bob')
  await alice.type('#text', 'hello bob')
  await alice.click('#say button')
  await bob.waitForFunction("document.querySelector('li')?.textContent === 'Chat~~alice: hello bob'", { polling: 50 })

  await bob.type('#text', '/as Chat~~alice I am a fool')
  await bob.click('#say button')
  await bob.waitForFunction("document.getElementById('state').textContent.includes('may not publish')", { polling: 50 })
  expect(await alice.$eval('#messages', ({ textContent }) => textContent)).not.toContain('fool')
})

it('the server vends to nobody who is not signed in', async () => {
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

/** The Chromium that the client's own tests install. */
async function chromium(): Promise<typeof browser> {
  const from = createRequire(join(root, 'packages/client/browser/package.json'))
  const load = async (name: string) => (await import(pathToFileURL(from.resolve(name)).href)).default
  const [bundled, puppeteer] = await Promise.all([load('@sparticuz/chromium'), load('puppeteer-core')])
  const executablePath = await bundled.executablePath()
  return puppeteer.launch({ executablePath, args: ['--no-sandbox'], headless: 'shell' })
}
