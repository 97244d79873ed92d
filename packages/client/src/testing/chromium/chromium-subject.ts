import { join } from 'node:path'
import { startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import { stackWith } from '../account/stack-variant.js'
import type { Subject } from '../guarantees.js'
import { bundleForPage, libraryFiles, PageSite } from '../servers/page-site.js'
import type { SessionDriver } from '../session-driver.js'
import { type Browser, launchChromium, type Page } from './chromium.js'

const html =
  '<!doctype html><meta charset="utf-8"><title>Driver</title><script type="module" src="/driver.js"></script>'
const entry = `
import * as library from '/browser.js'
import { LocalDriver } from './session-driver.js'
globalThis.driver = new LocalDriver(library)
`
const commands = ['connect', 'subscribe', 'publish', 'grant', 'load', 'rest', 'look', 'close'] as const

/** A page in Chromium with the shipped `dist/browser.js`, from another origin than the stand-in, under a strict Content-Security-Policy. */
export interface ChromiumSubject extends Subject {
  readonly browser: Browser
  readonly page: Page
  readonly site: PageSite
  /** Errors and violations of the Content-Security-Policy from the console. */
  readonly complaints: readonly string[]
}

/** @param plain no certificate, no flag and no CORS: page, vendor and data plane on the stand-in's plain origin */
export async function startChromium({ plain = false } = {}): Promise<ChromiumSubject> {
  const open: AsyncDisposable[] = []
  const close = async () => {
    for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
  }
  try {
    return await start(open, close, plain)
  } catch (error) {
    await close()
    throw error
  }
}

async function start(open: AsyncDisposable[], close: () => Promise<void>, plain: boolean): Promise<ChromiumSubject> {
  const site = await libraryPage()
  open.push(site)
  const origin = plain ? undefined : await site.listen()
  const aws = await startLocalAws({
    assembly:
      origin === undefined ? join(projectRoot(process.cwd()), 'cdk.out') : await stackWith({ corsOrigins: origin }),
    triggers: false,
    site: async (request, response) => site.answer(request, response),
  })
  open.push(aws)
  const { pathname } = new URL(String(aws.outputs.TopicCredentials?.CredentialsUrl))
  const url = `${origin === undefined ? aws.endpoints.plain : aws.endpoints.api}${pathname}`
  if (!plain) site.connectTo = [aws.endpoints.api, `wss://${aws.endpoints.iot}`]
  const browser = await launchChromium(plain ? [] : ['--ignore-certificate-errors'])
  open.push({ [Symbol.asyncDispose]: () => browser.close() })
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${origin ?? aws.endpoints.plain}/`)
  await page.waitForFunction('globalThis.driver !== undefined', { polling: 50 })
  const { accessKeyId, secretAccessKey } = aws.developer
  return {
    aws,
    browser,
    page,
    site,
    complaints,
    driver: driverOf(page),
    vendor: { url, region: aws.region, credentials: { accessKeyId, secretAccessKey } },
    options: plain ? { endpoint: aws.endpoints.plain.replace('http:', 'ws:') } : {},
    tellsRepetitions: true,
    expiries: 20,
    [Symbol.asyncDispose]: close,
  }
}

/** A page with the shipped library and the driver. */
async function libraryPage(): Promise<PageSite> {
  return new PageSite({
    '/index.html': html,
    ...(await libraryFiles()),
    '/driver.js': await bundleForPage(entry),
    '/elsewhere.html': '<!doctype html><meta charset="utf-8"><title>Elsewhere</title>',
  })
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
