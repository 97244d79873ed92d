import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ConnectOptions, connect, fromVendor, type Session } from '@topic-credentials/client'
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import { type Browser, launchChromium, type Page } from '../../../client/dist/testing/chromium/chromium.js'
import { PageSite } from '../../../client/dist/testing/servers/page-site.js'
import { bundleWithReact } from '../testing/bundle.js'

/** The hooks in Chromium with the real client, on the stand-in's plain origin. */

interface Shown {
  readonly state: string
  readonly texts: readonly string[]
  readonly can: readonly boolean[]
}

const countSockets = `
  globalThis.sockets = 0
  globalThis.openSockets = 0
  globalThis.WebSocket = class extends WebSocket {
    constructor(...words) {
      super(...words)
      globalThis.sockets += 1
      globalThis.openSockets += 1
      this.addEventListener('close', () => { globalThis.openSockets -= 1 })
    }
  }
`
/** Number of SUBSCRIBEs for `test` at the broker. */
let subscribes = 0
const observer: NonNullable<LocalAwsOptions['observer']> = {
  decision: ({ action, resource }) => {
    if (action === 'iot:Subscribe' && resource.endsWith('topicfilter/test')) subscribes += 1
  },
  message: () => {},
  delivery: () => {},
}
let aws: LocalAws
let browser: Browser
let publisher: Session
let site: PageSite

beforeAll(async () => {
  const assembly = join(projectRoot(process.cwd()), 'cdk.out')
  aws = await startLocalAws({
    assembly,
    observer,
    triggers: false,
    site: async (request, response) => site.answer(request, response),
  })
  const { accessKeyId, secretAccessKey } = aws.developer
  const url = String(aws.outputs.TopicCredentials?.CredentialsUrl)
  const credentials = fromVendor({ url, region: aws.region, ca: aws.ca, credentials: { accessKeyId, secretAccessKey } })
  publisher = await connect({ credentials, ca: aws.ca, transport: 'websocket' })
  browser = await launchChromium()
}, 120_000)

afterAll(async () => {
  await browser.close()
  await publisher.close()
  await aws.close()
})

describe.each([18, 19] as const)('React %s', (version) => {
  let page: Page

  beforeAll(async () => {
    const html =
      '<!doctype html><meta charset="utf-8"><title>React</title><script type="module" src="/page.js"></script>'
    const script = await bundleWithReact("import { start } from './page.js'; start()", version)
    site = new PageSite({ '/index.html': html, '/page.js': script })
    page = await browser.newPage()
    await page.evaluateOnNewDocument(countSockets)
  }, 60_000)

  // The connections of a naive hook end only with the page.
  afterAll(async () => {
    await page.close()
    while (others().length > 0) await tick()
  }, 60_000)

  /** Calls a function of the page with the options of a session. */
  async function call(name: string, naive: boolean, ...more: readonly number[]): Promise<void> {
    const { accessKeyId, secretAccessKey } = aws.developer
    const { pathname } = new URL(String(aws.outputs.TopicCredentials?.CredentialsUrl))
    const vendor = {
      url: aws.endpoints.plain + pathname,
      region: aws.region,
      credentials: { accessKeyId, secretAccessKey },
    }
    const options: Partial<ConnectOptions> = { endpoint: aws.endpoints.plain.replace('http:', 'ws:') }
    await page.evaluate(`page.${name}(${[naive, vendor, options, ...more].map((each) => JSON.stringify(each)).join()})`)
  }
  const render = (naive: boolean) => call('render', naive)

  const shows = (condition: string) =>
    page.waitForFunction(`(() => { const shown = page.shown(); return ${condition} })()`, { polling: 20 })
  const sockets = () => page.evaluate<number, []>('sockets')
  const others = () => aws.iot.connections().filter(({ clientId }) => clientId !== publisher.clientId)

  it('opens one WebSocket in StrictMode, keeps it for a new provider, loses no message, and closes it', async () => {
    await page.goto(`${aws.endpoints.plain}/`)
    await render(false)
    await shows("shown.state === 'connected'")
    // The subscription is active once a message has arrived.
    await publisher.publish('test', 'first')
    while (!(await page.evaluate<Shown, []>('page.shown()')).texts.includes('first'))
      await publisher.publish('test', 'first')
    await render(false)
    await render(false)
    const texts = Array.from({ length: 60 }, (_, index) => `n${index}`)
    await Promise.all(texts.map((text) => publisher.publish('test', text)))
    await shows("shown.texts.at(-1) === 'n59'")
    const shown = await page.evaluate<Shown, []>('page.shown()')
    expect(shown.texts.filter((text) => text.startsWith('n'))).toEqual(texts)
    expect(shown.can).toEqual([true, false])
    expect(await sockets()).toBe(1)
    expect(others()).toHaveLength(1)
    await page.evaluate('page.unmount()')
    while (others().length > 0) await tick()
  }, 60_000)

  it('a naive hook opens two WebSockets', async () => {
    await page.goto(`${aws.endpoints.plain}/`)
    await render(true)
    while ((await sockets()) < 2) await tick()
    await page.evaluate('page.unmount()')
  }, 60_000)

  it('100 mounts leave no connection, no socket and no session; 10 mounts with a naive hook leave some', async () => {
    await page.goto(`${aws.endpoints.plain}/`)
    const devtools = await page.createCDPSession()
    while (others().length > 0) await tick()
    await call('mounts', false, 100)
    while (others().length > 0 || (await page.evaluate('openSockets')) !== 0) await tick()
    expect(await page.evaluate('page.opened()')).toBeGreaterThanOrEqual(50)
    // React keeps the last rendered tree.
    const held = async () => {
      await devtools.send('HeapProfiler.collectGarbage')
      return page.evaluate<number, []>('page.held()')
    }
    while ((await held()) > 1) await tick()

    await page.goto(`${aws.endpoints.plain}/`)
    await call('mounts', true, 10)
    while ((await sockets()) !== (await page.evaluate('page.opened()'))) await tick()
    expect(others().length).toBeGreaterThanOrEqual(5)
  }, 120_000)

  it('a changed callback does not subscribe again, and receives messages; with a naive hook, each callback subscribes', async () => {
    for (const naive of [false, true]) {
      await page.goto(`${aws.endpoints.plain}/`)
      while (others().length > 0) await tick()
      subscribes = 0
      for (let turn = 0; turn < 10; turn++) {
        await call('renderListener', naive, turn)
        await shows("shown.state === 'connected'")
        while (!others().some(({ subscriptions }) => subscriptions.includes('test'))) await tick()
      }
      const heard = () => page.evaluate<readonly string[], []>('page.heard()')
      while ((await heard()).at(-1) !== '9 x') await publisher.publish('test', 'x')
      if (naive) {
        expect(subscribes).toBeGreaterThan(1)
      } else {
        expect(subscribes).toBe(1)
      }
      await page.evaluate('page.unmount()')
    }
  }, 60_000)
})

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}
