import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import { stackWith } from '../../../client/dist/testing/account/stack-variant.js'
import { type Browser, launchChromium, type Page } from '../../../client/dist/testing/chromium/chromium.js'
import { PageSite } from '../../../client/dist/testing/servers/page-site.js'
import { SignInIssuer } from '../../../client/dist/testing/servers/sign-in-issuer.js'
import { bundleWithReact } from '../testing/bundle.js'

/** The page of infra/examples/browser, unchanged: sign-in with OpenID Connect, on the stand-in's plain origin. */

const root = projectRoot(process.cwd())
const pageFolder = join(root, 'infra/examples/browser')
const entitlements = {
  entitlements: [
    { publish: ['test'], subscribe: ['test'] },
    { publish: ['users/${userId}/#'], subscribe: ['users/${userId}/#'] },
    { when: { userId: ['alice', 'bob'] }, request: ['devices/+/ask'] },
    { when: { userId: 'lamp' }, subscribe: ['devices/lamp/ask'], publish: ['replies/+/#'] },
  ],
}
let folder: string
let issuer: SignInIssuer
let aws: LocalAws
let browser: Browser
const complaints: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'example-'))
  await writeFile(join(folder, 'entitlements.json'), JSON.stringify(entitlements))
  issuer = await SignInIssuer.start()
  const html = await readFile(join(pageFolder, 'index.html'), 'utf8')
  const files = {
    // As in the output of a bundler.
    '/index.html': html.replace('main.jsx', 'main.js'),
    '/main.js': await bundleWithReact("import './main.jsx'", 19, {
      format: 'esm',
      from: pageFolder,
      mode: 'production',
    }),
    '/style.css': await readFile(join(pageFolder, 'style.css'), 'utf8'),
  }
  let config = ''
  const site = (): PageSite => {
    const pages = new PageSite({ ...files, '/config.json': config })
    pages.connectTo = [issuer.origin]
    return pages
  }
  const jwt = { jwtIssuer: issuer.issuer.url, jwtAudience: 'web', jwtScope: 'mqtt' }
  aws = await startLocalAws({
    assembly: await stackWith({ ...jwt, entitlements: join(folder, 'entitlements.json'), deployCheck: 'false' }),
    trust: issuer.issuer.certificate,
    site: async (request, response) => site().answer(request, response),
  })
  const { pathname } = new URL(String(aws.outputs.TopicCredentials?.CredentialsUrl))
  config = JSON.stringify({
    credentialsUrl: aws.endpoints.plain + pathname,
    endpoint: aws.endpoints.plain.replace('http:', 'ws:'),
    authorizationEndpoint: `${issuer.origin}/oauth2/authorize`,
    tokenEndpoint: `${issuer.origin}/oauth2/token`,
    clientId: 'web',
    scope: 'openid mqtt',
  })
  browser = await launchChromium()
}, 120_000)

afterAll(async () => {
  await browser.close()
  await aws.close()
  await issuer[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function signedIn(user: string): Promise<Page> {
  const page = await browser.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // The browser logs each refused handshake, for example with expired credentials.
    const refused = message.text().startsWith('WebSocket connection to')
    if (message.type() === 'error' && !refused) complaints.push(message.text())
  })
  await page.goto(`${aws.endpoints.plain}/`)
  await shows(page, 'state', 'Not signed in')
  await page.click('#sign-in')
  await page.waitForFunction("document.getElementById('user')?.tagName === 'INPUT'", { polling: 50 })
  await page.type('#user', user)
  await page.click('#go')
  await shows(page, 'state', 'Connected until')
  return page
}

/** Waits until an element contains the text. */
async function shows(page: Page, id: string, said: string): Promise<void> {
  await page.waitForFunction(`document.getElementById('${id}')?.textContent.includes(${JSON.stringify(said)})`, {
    polling: 50,
  })
}

async function submit(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  // Keys go to the tab in front.
  await page.bringToFront()
  for (const [id, value] of Object.entries(fields)) {
    // With the keyboard: if a script cleared the value, React would restore it when it renders before the next key.
    await page.focus(`#${id}`)
    await page.keyboard.down('Control')
    await page.keyboard.press('a')
    await page.keyboard.up('Control')
    await page.keyboard.type(value)
  }
  await page.keyboard.press('Enter')
}

it('two users sign in, see and use their own grants, and get an error for other topics, also after expiry and renewal', async () => {
  const alice = await signedIn('alice')
  const bob = await signedIn('bob')
  for (const [page, user, other] of [
    [alice, 'alice', 'bob'],
    [bob, 'bob', 'alice'],
  ] as const) {
    await shows(page, 'user', user)
    await shows(page, 'grants', `publish users/${user}/#`)
    expect(await page.$eval('#grants', ({ textContent }) => textContent)).not.toContain(other)
    await submit(page, { filter: `users/${user}/#` })
    await shows(page, 'may-filter', 'granted')
    await shows(page, 'subscriptions', `users/${user}/#`)
    await submit(page, { filter: `users/${other}/#` })
    await shows(page, 'may-filter', 'not granted')
    await shows(page, 'subscriptions', `${user} may not subscribe to 'users/${other}/#'`)
    await submit(page, { topic: `users/${other}/x`, text: 'intruder' })
    await shows(page, 'published', `${user} may not publish to 'users/${other}/x'`)
  }
  await submit(alice, { topic: 'users/alice/x', text: 'before' })
  await shows(alice, 'subscriptions', 'users/alice/x: before')

  // Credentials and tokens expire, and the connection is cut.
  const [connection] = aws.iot.connections().filter(({ clientId }) => clientId.startsWith('alice:'))
  const { tokens } = issuer
  expect(aws.faults.expireCredentials()).toBeGreaterThan(1)
  await alice.evaluate('const now = Date.now; Date.now = () => now() + 280_000')
  aws.faults.skewClock(280_000)
  aws.faults.cutSockets(connection?.clientId)
  await submit(alice, { topic: 'users/alice/x', text: 'after' })
  await shows(alice, 'subscriptions', 'users/alice/x: after')
  await shows(alice, 'state', 'Connected until')
  expect(issuer.tokens).toBeGreaterThan(tokens)
  expect(await bob.$eval('#subscriptions pre', ({ textContent }) => textContent)).toBe('')
  expect(complaints).toEqual([])
}, 120_000)

it('the page sends requests to the Node example, and shows before the click whether they are granted', async () => {
  const now = Math.floor(Date.now() / 1000)
  const { url } = issuer.issuer
  const claims = { iss: url, aud: 'web', sub: 'lamp', scope: 'mqtt', iat: now, nbf: now, exp: now + 600 }
  await writeFile(join(folder, 'token'), issuer.issuer.token(claims))
  await writeFile(join(folder, 'ca.pem'), aws.ca)
  const device = spawn(process.execPath, [join(root, 'infra/examples/device/device.js')], {
    env: {
      PATH: process.env.PATH,
      CREDENTIALS_URL: String(aws.outputs.TopicCredentials?.CredentialsUrl),
      DEVICE: 'lamp',
      TOKEN_FILE: join(folder, 'token'),
      CA: join(folder, 'ca.pem'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(device, 'exit')
  const lines = createInterface({ input: device.stdout })[Symbol.asyncIterator]()
  expect(await lines.next()).toMatchObject({ value: 'Answering on devices/lamp/ask as lamp' })

  const page = await signedIn('alice')
  await submit(page, { asked: 'devices/lamp/ask', question: 'on' })
  await shows(page, 'answer', 'Answered: {"device":"lamp","on":true')
  await shows(page, 'may-asked', 'granted')
  await submit(page, { asked: 'devices/lamp/other', question: 'on' })
  await shows(page, 'answer', "alice may not publish to 'devices/lamp/other'")
  await shows(page, 'may-asked', 'not granted')
  await submit(page, { filter: 'users/alice/#' })
  await shows(page, 'subscriptions', 'users/alice/#')
  await submit(page, { topic: 'users/alice/x', text: 'hello' })
  await shows(page, 'subscriptions', 'users/alice/x: hello (text/plain, from=page)')
  expect(complaints).toEqual([])

  device.kill('SIGTERM')
  expect(await lines.next()).toMatchObject({ value: '1 answered, 0 refused, 0 failed' })
  expect((await exit)[0]).toBe(0)
}, 120_000)
