import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { type ObservedDecision, startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import { Inspector } from './inspector.js'

/** The page in a real Chromium, from `npm run local` on, as a person uses it. `SCREENSHOTS=1` writes what it looks like to docs/inspector. */

jest.setTimeout(180_000)

interface Page {
  goto(url: string): Promise<unknown>
  evaluate(script: string): Promise<unknown>
  waitForFunction(condition: string, options: { readonly polling: number }): Promise<unknown>
  setViewport(size: { readonly width: number; readonly height: number }): Promise<void>
  emulateMediaFeatures(features: readonly { readonly name: string; readonly value: string }[]): Promise<void>
  screenshot(options: { readonly path: string }): Promise<unknown>
  on(event: 'pageerror', listener: (error: Error) => void): void
  on(event: 'console', listener: (message: { text(): string; type(): string }) => void): void
  on(event: 'request', listener: (request: { url(): string }) => void): void
  keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> }
}

interface Browser {
  newPage(): Promise<Page>
  close(): Promise<void>
}

const views = ['decisions', 'connections', 'messages', 'ask', 'clients', 'faults', 'log']
const root = projectRoot(process.cwd())
const main = fileURLToPath(new URL('./cli/main.js', import.meta.url))
const complaints: string[] = []
const elsewhere: string[] = []
let project: string
let child: ChildProcess
let browser: Browser
let page: Page
let address = ''

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'inspector-'))
  await writeFile(join(project, 'cdk.json'), '{}')
  const assembly = join(project, 'cdk.out')
  const env = {
    PATH: process.env.PATH,
    CDK_OUTDIR: assembly,
    CDK_CONTEXT_JSON: JSON.stringify({
      jwtIssuer: 'https://localhost:8450',
      jwtAudience: 'local',
      deployCheck: 'false',
    }),
    CDK_VALIDATION: 'false',
  }
  await once(spawn(process.execPath, [join(root, 'infra/dist/bin/app.js')], { cwd: root, env }), 'exit')
  child = spawn(process.execPath, [main, '--assembly', '--port', '0'], {
    cwd: project,
    env: { PATH: process.env.PATH },
  })
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    address = /^Inspector +(http:\S+)$/u.exec(line)?.[1] ?? ''
    if (address !== '') break
  }
  child.stdout?.resume()
  const chromium: { launchChromium(): Promise<Browser> } = await import(
    new URL('../../client/dist/testing/chromium/chromium.js', import.meta.url).href
  )
  browser = await chromium.launchChromium()
  page = await browser.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(new URL(address).origin) && !url.startsWith('data:')) elsewhere.push(url)
  })
  await page.goto(address)
  await shows("document.querySelector('.live')?.textContent === '● live'")
})

afterAll(async () => {
  await browser.close()
  child.kill('SIGINT')
  await once(child, 'exit')
  await rm(project, { recursive: true })
})

/** Waits for it; when it does not come, the error holds what the page shows instead. */
async function shows(condition: string): Promise<void> {
  try {
    await page.waitForFunction(condition, { polling: 50 })
  } catch (error) {
    throw new Error(`${condition} does not come: ${await page.evaluate("document.querySelector('main')?.innerText")}`, {
      cause: error,
    })
  }
}
async function view(name: string): Promise<void> {
  await page.evaluate(`document.querySelector('nav a[href="#${name}"]').click()`)
  await shows(`document.querySelector('nav a[aria-current]')?.hash === '#${name}'`)
}
function click(selector: string): Promise<unknown> {
  return page.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`)
}
function flooding(count: number): ObservedDecision {
  return {
    at: Date.now(),
    accessKeyId: 'ASIA',
    principal: 'arn:aws:sts::123456789012:assumed-role/topics/device',
    clientId: 'device:1',
    action: 'iot:Publish',
    resource: `arn:aws:iot:us-east-1:123456789012:topic/flood/${count}`,
    allowed: count % 10 > 0,
    policy: undefined,
    statement: undefined,
    reason: 'it is a flood',
    policies: { identity: [] },
  }
}
function pressDenyIot(): Promise<unknown> {
  return page.evaluate(
    "[...document.querySelectorAll('.buttons button')].find((one) => one.textContent.includes('deny IoT')).click()",
  )
}
function all(selector: string, condition: string): string {
  return `[...document.querySelectorAll('${selector}')].every((one) => ${condition})`
}

it('two users sign in, and hear each other; the page tells of both', async () => {
  await view('clients')
  await page.evaluate("document.querySelectorAll('.sign-in').forEach((button) => button.click())")
  await shows(all('.client .said', "one.textContent.includes('Connected as')"))
  await page.evaluate("document.querySelectorAll('.listen').forEach((button) => button.click())")
  await shows(all('.client .said', "one.textContent.includes('Listening to test')"))
  await click('.client .publish')
  await shows(all('.client .said', "one.textContent.includes('test: hello')"))
  await view('messages')
  await shows("document.querySelector('.row')?.textContent.includes('2 got it')")
  await click('.row')
  await shows("document.querySelector('.detail pre')?.textContent === 'hello'")
  await click('.tabs button:last-child')
  await shows("document.querySelector('.detail pre')?.textContent === '68 65 6c 6c 6f'")
  await view('connections')
  await shows("document.querySelectorAll('.card').length === 2 && document.body.textContent.includes('for 59:')")
})

it('why was this user refused? one click on the refusal', async () => {
  await view('faults')
  await pressDenyIot()
  await shows("document.querySelector('.said li') !== null")
  await view('clients')
  await click('.client:last-child .publish')
  await shows("document.querySelector('.client:last-child .failure') !== null")
  await view('decisions')
  await shows("document.querySelector('.row')?.textContent.includes('bob')")
  await click('.row')
  await shows('document.querySelector(\'.decided\')?.textContent.includes(\'"Effect": "Deny"\')')
  await shows("document.querySelector('.sentence')?.textContent.includes('a policy is in the way')")
  await view('faults')
  await pressDenyIot()
  await shows("document.querySelector('.said li') !== null")
})

it('what may a user do: with claims and without', async () => {
  await view('ask')
  await click('.form .primary')
  await shows("document.querySelector('.answer h2')?.textContent === '✗ refused'")
  await shows("document.querySelector('.answer')?.textContent.includes('Proved')")
  await page.evaluate("document.querySelector('.form .mono').select?.(); document.querySelector('.form .mono').focus()")
  await page.keyboard.type('{"groups":["operators"]}')
  await click('.form .primary')
  await shows("document.querySelector('.answer h2')?.textContent === '✓ allowed'")
})

it('works by the keyboard: to the content, into a view, open a row', async () => {
  await page.goto('about:blank')
  await page.goto(`${address}#connections`)
  await shows("document.querySelector('.live')?.textContent === '● live'")
  await page.evaluate('document.activeElement?.blur()')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.className')).toBe('skip')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await shows("document.querySelector('h1')?.textContent === 'Decisions'")
  await page.evaluate("document.querySelector('.row').focus()")
  await page.keyboard.press('Enter')
  await shows("document.querySelector('.detail') !== null")
})

it('axe finds nothing, in both colour schemes, wide and at 360 px; nothing runs out of the page', async () => {
  const require = createRequire(join(root, 'packages/client/browser/package.json'))
  const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8')
  const shots = process.env.SCREENSHOTS === '1' ? join(root, 'docs/inspector') : join(project, 'screenshots')
  await mkdir(shots, { recursive: true })
  await view('clients')
  await page.evaluate("document.querySelectorAll('.sign-in').forEach((button) => button.click())")
  await page.evaluate(axe)
  for (const scheme of ['light', 'dark']) {
    // Without motion: colours on their way are no colours that anybody reads.
    const still = { name: 'prefers-reduced-motion', value: 'reduce' }
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }, still])
    for (const width of [1280, 360]) {
      await page.setViewport({ width, height: 800 })
      for (const name of views) {
        await view(name)
        if (name === 'decisions') await page.evaluate("document.querySelector('.row[aria-expanded=false]')?.click()")
        if (name === 'ask' && width === 1280 && scheme === 'light') {
          await click('.form .primary')
          await shows("document.querySelector('.answer') !== null")
        }
        const found = await page.evaluate(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`))',
        )
        expect({ name, scheme, width, found }).toEqual({ name, scheme, width, found: [] })
        const wider = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        expect({ name, width, wider }).toEqual({ name, width, wider: 0 })
        if (width === 1280 || name === 'decisions') {
          await page.screenshot({ path: join(shots, `${name}${width === 360 ? '-small' : ''}-${scheme}.png`) })
        }
      }
    }
  }
})

it('a thousand messages a second, each with a decision, do not freeze it', async () => {
  const inspector = new Inspector()
  const { observer, site } = inspector
  await using aws = await startLocalAws({ observer, site })
  const flooded = await browser.newPage()
  await flooded.goto(`${inspector.begin(aws, [])}#messages`)
  await flooded.evaluate(`
    let last = performance.now()
    window.longest = 0
    window.began = last
    requestAnimationFrame(function tick() {
      const now = performance.now()
      window.longest = Math.max(window.longest, now - last)
      last = now
      requestAnimationFrame(tick)
    })`)
  let count = 0
  const began = performance.now()
  const flood = setInterval(() => {
    for (; count < performance.now() - began; count++) {
      const message = { topic: `flood/${count}`, payload: Buffer.from('x'.repeat(200)), qos: 1 as const, retain: false }
      observer.message({ ...message, properties: {}, from: 'device:1', receivedAt: Date.now() })
      observer.decision(flooding(count))
    }
  }, 20)
  try {
    for (const name of ['decisions', 'messages', 'ask', 'log', 'messages']) {
      await flooded.evaluate(`document.querySelector('nav a[href="#${name}"]').click()`)
      await flooded.waitForFunction(`document.querySelector('nav a[aria-current]')?.hash === '#${name}'`, {
        polling: 20,
      })
    }
    const full = "document.querySelectorAll('.row').length === 100 && /came too fast/u.test(document.body.textContent)"
    await flooded.waitForFunction(full, { polling: 50 })
    await flooded.waitForFunction('performance.now() - window.began > 3_000', { polling: 50 })
  } finally {
    clearInterval(flood)
    inspector.end()
  }
  const longest = Number(await flooded.evaluate('window.longest'))
  const rate = Math.round((count / (performance.now() - began)) * 1_000)
  process.stdout.write(`flood: ${count} messages, ${rate} a second, longest frame ${Math.round(longest)} ms\n`)
  // A second without a frame is a page that hangs, on whatever machine.
  expect(longest).toBeLessThan(1_000)
})

it('nothing is loaded from elsewhere, and nothing complains', () => {
  expect(elsewhere).toEqual([])
  // The browser's own line for what the broker refuses, and for what the vendor refuses.
  expect(complaints.filter((line) => !/WebSocket|Failed to load resource/u.test(line))).toEqual([])
})
