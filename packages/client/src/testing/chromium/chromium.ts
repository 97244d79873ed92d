import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The used part of puppeteer's page, because puppeteer is not installed when this is compiled. */
export interface Page {
  goto(url: string): Promise<unknown>
  goBack(): Promise<unknown>
  reload(): Promise<unknown>
  evaluate<Answer, Args extends readonly unknown[]>(
    what: string | ((...args: Args) => Answer),
    ...args: Args
  ): Promise<Awaited<Answer>>
  evaluateOnNewDocument(script: string): Promise<unknown>
  exposeFunction(name: string, call: (...args: never[]) => unknown): Promise<void>
  on(event: 'console', listener: (message: { text(): string; type(): string }) => void): void
  on(event: 'pageerror', listener: (error: Error) => void): void
  click(selector: string): Promise<void>
  type(selector: string, text: string): Promise<void>
  focus(selector: string): Promise<void>
  readonly keyboard: {
    down(key: string): Promise<void>
    up(key: string): Promise<void>
    press(key: string): Promise<void>
    type(text: string): Promise<void>
  }
  $eval<Answer>(selector: string, read: (element: { readonly textContent: string | null }) => Answer): Promise<Answer>
  /** @param options the polling interval: the default is once per frame, and a hidden tab has no frames */
  waitForFunction(condition: string, options: { readonly polling: number }): Promise<unknown>
  setOfflineMode(offline: boolean): Promise<void>
  createCDPSession(): Promise<{ send(method: string, params?: object): Promise<unknown> }>
  metrics(): Promise<{ readonly JSHeapUsedSize?: number }>
  bringToFront(): Promise<void>
  url(): string
  close(): Promise<void>
}

export interface Browser {
  /** Its first process, which leads the group of all its processes. */
  process(): { readonly pid?: number } | null
  newPage(): Promise<Page>
  version(): Promise<string>
  close(): Promise<void>
}

interface Chromium {
  readonly args: readonly string[]
  executablePath(): Promise<string>
}

interface Puppeteer {
  launch(options: object): Promise<Browser>
}

/** Outside the workspace, so that `npm start` does not install a browser: `npm run test:browser` does. */
const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../browser')

/** A full Chromium, if one is set: the headless shell has no back/forward cache. `CHROMIUM=/usr/bin/chromium npm run test:browser` */
export const fullChromium = process.env.CHROMIUM

/** Arguments of the package that make a browser less strict than an ordinary one, or too different from it. */
const unwanted =
  /disable-web-security|allow-running-insecure-content|single-process|site-isolation|disable-features|no-zygote/u

/** A headless Chromium that is as strict as an ordinary browser. @param more further arguments */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const chromium = await load<Chromium>('@sparticuz/chromium')
  const puppeteer = await load<Puppeteer>('puppeteer-core')
  const args = [...chromium.args.filter((argument) => !unwanted.test(argument)), '--no-sandbox', ...more]
  if (fullChromium === undefined) {
    return puppeteer.launch({ executablePath: await chromium.executablePath(), args, headless: 'shell' })
  }
  const full = args.filter((argument) => !argument.startsWith('--headless'))
  return puppeteer.launch({ executablePath: fullChromium, args: full, headless: true })
}

async function load<Default>(name: string): Promise<Default> {
  const file = createRequire(join(folder, 'package.json')).resolve(name)
  const module: { readonly default: Default } = await import(pathToFileURL(file).href)
  return module.default
}
