import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { projectRoot } from '@topic-credentials/project'
import { type Browser, goTo, isLive, launchBrowser, type Page, shows as showsOn } from './testing/browser.js'

/** The page in a real Chromium, from `npm run local` on, as a person uses it. `SCREENSHOTS=1` writes what it looks like to docs/inspector. */

jest.setTimeout(180_000)

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
  browser = await launchBrowser()
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
  await shows(isLive)
})

afterAll(async () => {
  await browser.close()
  child.kill('SIGINT')
  await once(child, 'exit')
  await rm(project, { recursive: true })
})

function shows(condition: string): Promise<void> {
  return showsOn(page, condition)
}
function view(name: string): Promise<void> {
  return goTo(page, name)
}
function click(selector: string): Promise<unknown> {
  return page.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`)
}
function pressDenyIot(): Promise<unknown> {
  return page.evaluate(
    "[...document.querySelectorAll('.buttons button')].find((one) => one.textContent.includes('deny IoT')).click()",
  )
}
function all(selector: string, condition: string): string {
  return `[...document.querySelectorAll('${selector}')].every((one) => ${condition})`
}

it('two users sign in and receive each other’s messages; the page shows both', async () => {
  await view('clients')
  await page.evaluate("document.querySelectorAll('.sign-in').forEach((button) => button.click())")
  await shows(all('.client .said', "one.textContent.includes('Connected as')"))
  await page.evaluate("document.querySelectorAll('.listen').forEach((button) => button.click())")
  await shows(all('.client .said', "one.textContent.includes('Listening to test')"))
  await click('.client .publish')
  await shows(all('.client .said', "one.textContent.includes('test: hello')"))
  await view('messages')
  await shows("document.querySelector('.row')?.textContent.includes('2 received')")
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
  await shows("document.querySelector('.sentence')?.textContent.includes('a policy does not allow it')")
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
  await shows(isLive)
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
    // Without motion: contrast is not checked during transitions.
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

it('nothing is loaded from elsewhere, and nothing complains', () => {
  expect(elsewhere).toEqual([])
  // The browser's own line for what the broker refuses, and for what the vendor refuses.
  expect(complaints.filter((line) => !/WebSocket|Failed to load resource/u.test(line))).toEqual([])
})
