import { readFile } from 'node:fs/promises'
import { startLocalAws } from '@topic-credentials/local-aws'
import { type Browser, launchChromium, type Page } from './chromium.js'
import type { Subject } from './guarantees.js'
import { bundleForPage, PageSite } from './page-site.js'
import type { SessionDriver } from './session-driver.js'
import { stackWith } from './stack-variant.js'

const html =
  '<!doctype html><meta charset="utf-8"><title>Driver</title><script type="module" src="/driver.js"></script>'
const entry = `
import * as library from '/browser.js'
import { LocalDriver } from './session-driver.js'
globalThis.driver = new LocalDriver(library)
`
const commands = ['connect', 'subscribe', 'publish', 'grant', 'load', 'rest', 'look', 'close'] as const

/** A page in Chromium that holds the shipped `dist/browser.js`, of another origin than the stand-in, under a strict Content-Security-Policy. */
export interface ChromiumSubject extends Subject {
  readonly browser: Browser
  readonly page: Page
  readonly site: PageSite
  /** Errors and violations of the Content-Security-Policy, as the console has them. */
  readonly complaints: readonly string[]
}

export async function startChromium(): Promise<ChromiumSubject> {
  const open: AsyncDisposable[] = []
  const close = async () => {
    for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
  }
  try {
    return await start(open, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function start(open: AsyncDisposable[], close: () => Promise<void>): Promise<ChromiumSubject> {
  const library = await readFile(new URL('../browser.js', import.meta.url), 'utf8')
  const site = await PageSite.start({
    '/index.html': html,
    '/browser.js': library,
    '/driver.js': await bundleForPage(entry),
  })
  open.push(site)
  const aws = await startLocalAws({ assembly: await stackWith({ corsOrigins: site.origin }) })
  open.push(aws)
  const url = String(aws.outputs.TopicCredentials?.CredentialsUrl)
  site.connectTo = [new URL(url).origin, `wss://${aws.endpoints.iot}`]
  const browser = await launchChromium(['--ignore-certificate-errors'])
  open.push({ [Symbol.asyncDispose]: () => browser.close() })
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(site.origin)
  await page.waitForFunction('globalThis.driver !== undefined')
  const { accessKeyId, secretAccessKey } = aws.developer
  return {
    aws,
    browser,
    page,
    site,
    complaints,
    driver: driverOf(page),
    vendor: { url, region: aws.region, credentials: { accessKeyId, secretAccessKey } },
    options: {},
    tellsRepetitions: true,
    expiries: 20,
    [Symbol.asyncDispose]: close,
  }
}

/** The driver in the page. */
export function driverOf(page: Page): SessionDriver {
  const call =
    (command: string) =>
    (...args: unknown[]) =>
      page.evaluate(`globalThis.driver.${command}(...${JSON.stringify(args)})`)
  return Object.fromEntries(commands.map((command) => [command, call(command)])) as Record<
    (typeof commands)[number],
    never
  >
}
