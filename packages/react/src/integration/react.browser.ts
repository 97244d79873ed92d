import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ConnectOptions, connect, fromVendor, type Session } from '@topic-credentials/client'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import { type Browser, launchChromium, type Page } from '../../../client/dist/testing/chromium/chromium.js'
import { PageSite } from '../../../client/dist/testing/servers/page-site.js'
import { bundleWithReact } from '../testing/bundle.js'

/** The hooks in Chromium, over the real client and broker, on the stand-in's plain origin. */

interface Shown {
  readonly state: string
  readonly texts: readonly string[]
  readonly can: readonly boolean[]
}

const countSockets = `
  globalThis.sockets = 0
  globalThis.WebSocket = class extends WebSocket { constructor(...words) { super(...words); globalThis.sockets += 1 } }
`
let aws: LocalAws
let browser: Browser
let publisher: Session
let site: PageSite

beforeAll(async () => {
  const assembly = join(projectRoot(process.cwd()), 'cdk.out')
  aws = await startLocalAws({ assembly, site: async (request, response) => site.answer(request, response) })
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

  // A naive hook leaves its connections to the page.
  afterAll(async () => {
    await page.close()
    while (others().length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }, 60_000)

  async function render(naive: boolean): Promise<void> {
    const { accessKeyId, secretAccessKey } = aws.developer
    const { pathname } = new URL(String(aws.outputs.TopicCredentials?.CredentialsUrl))
    const vendor = {
      url: aws.endpoints.plain + pathname,
      region: aws.region,
      credentials: { accessKeyId, secretAccessKey },
    }
    const options: Partial<ConnectOptions> = { endpoint: aws.endpoints.plain.replace('http:', 'ws:') }
    await page.evaluate(`page.render(${naive}, ${JSON.stringify(vendor)}, ${JSON.stringify(options)})`)
  }

  const shows = (condition: string) =>
    page.waitForFunction(`(() => { const shown = page.shown(); return ${condition} })()`, { polling: 20 })
  const sockets = () => page.evaluate<number, []>('sockets')
  const others = () => aws.iot.connections().filter(({ clientId }) => clientId !== publisher.clientId)

  it('opens one WebSocket in StrictMode, keeps it for a new provider, loses no message, and closes it', async () => {
    await page.goto(`${aws.endpoints.plain}/`)
    await render(false)
    await shows("shown.state === 'connected'")
    // Its subscription is there when a message of its own filter has come.
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
    while (others().length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }, 60_000)

  it('a naive hook opens two', async () => {
    await page.goto(`${aws.endpoints.plain}/`)
    await render(true)
    while ((await sockets()) < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    await page.evaluate('page.unmount()')
  }, 60_000)
})
