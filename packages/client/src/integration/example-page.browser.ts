import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import { stackWith } from '../testing/account/stack-variant.js'
import { type Browser, launchChromium, type Page } from '../testing/chromium/chromium.js'
import { PageSite } from '../testing/servers/page-site.js'
import { SignInIssuer } from '../testing/servers/sign-in-issuer.js'

/** The example's page as it stands in infra/examples/browser: signed in with OpenID Connect, on the stand-in's plain origin. */

const root = projectRoot(process.cwd())
let issuer: SignInIssuer
let aws: LocalAws
let browser: Browser
const complaints: string[] = []

beforeAll(async () => {
  issuer = await SignInIssuer.start()
  const files = await Promise.all(
    ['index.html', 'app.js', 'sign-in.js', 'style.css'].map(
      async (name) => [`/${name}`, await readFile(join(root, 'infra/examples/browser', name), 'utf8')] as const,
    ),
  )
  const library = await readFile(join(root, 'packages/client/dist/browser.js'), 'utf8')
  let config = ''
  const site = (): PageSite => {
    const pages = new PageSite({ ...Object.fromEntries(files), '/browser.js': library, '/config.json': config })
    pages.connectTo = [issuer.origin]
    return pages
  }
  const jwt = { jwtIssuer: issuer.issuer.url, jwtAudience: 'web', jwtScope: 'mqtt' }
  aws = await startLocalAws({
    assembly: await stackWith({ ...jwt, deployCheck: 'false' }),
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
})

async function signedIn(user: string): Promise<Page> {
  const page = await browser.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // The browser's own line for each handshake that is refused, as those with expired credentials are.
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

/** Waits until an element says it. */
async function shows(page: Page, id: string, said: string): Promise<void> {
  await page.waitForFunction(`document.getElementById('${id}')?.textContent.includes(${JSON.stringify(said)})`, {
    polling: 50,
  })
}

async function submit(page: Page, form: string, fields: Readonly<Record<string, string>>): Promise<void> {
  // A hidden tab has no frames, in which a click is prepared.
  await page.bringToFront()
  for (const [id, value] of Object.entries(fields)) {
    await page.evaluate(`document.getElementById('${id}').value = ''`)
    await page.type(`#${id}`, value)
  }
  await page.click(`#${form} button`)
}

it('two users sign in, each sees what is granted to them, reaches it, and is told in words what is not; through expiry and renewal', async () => {
  const alice = await signedIn('alice')
  const bob = await signedIn('bob')
  for (const [page, user, other] of [
    [alice, 'alice', 'bob'],
    [bob, 'bob', 'alice'],
  ] as const) {
    await shows(page, 'user', user)
    await shows(page, 'grants', `publish users/${user}/#`)
    expect(await page.$eval('#grants', ({ textContent }) => textContent)).not.toContain(other)
    await submit(page, 'subscribe', { filter: `users/${user}/#` })
    await shows(page, 'answer', `Subscribed to users/${user}/#`)
    await submit(page, 'subscribe', { filter: `users/${other}/#` })
    await shows(page, 'answer', `${user} may not subscribe to 'users/${other}/#'`)
    await submit(page, 'publish', { topic: `users/${other}/x`, text: 'intruder' })
    await shows(page, 'answer', `${user} may not publish to 'users/${other}/x'`)
  }
  await submit(alice, 'publish', { topic: 'users/alice/x', text: 'before' })
  await shows(alice, 'messages', 'users/alice/x: before')

  // Credentials and tokens expire, and the connection is cut.
  const [connection] = aws.iot.connections().filter(({ clientId }) => clientId.startsWith('alice:'))
  const { tokens } = issuer
  expect(aws.faults.expireCredentials()).toBeGreaterThan(1)
  await alice.evaluate('const later = Date.now() + 280_000; Date.now = () => later')
  aws.faults.skewClock(280_000)
  aws.faults.cutSockets(connection?.clientId)
  await submit(alice, 'publish', { topic: 'users/alice/x', text: 'after' })
  await shows(alice, 'messages', 'users/alice/x: after')
  await shows(alice, 'state', 'Connected until')
  expect(issuer.tokens).toBeGreaterThan(tokens)
  expect(await bob.$eval('#messages', ({ textContent }) => textContent)).toBe('')
  expect(complaints).toEqual([])
}, 120_000)
