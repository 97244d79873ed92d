import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type ChromiumSubject, startChromium } from '../testing/chromium/chromium-subject.js'

const identityId = 'eu-west-1:11111111-2222-4333-8444-555555555555'

let subject: ChromiumSubject
/** The access key IDs that the page got: like an identity pool, each call returns new credentials. */
const given: string[] = []

beforeAll(async () => {
  subject = await startChromium({ plain: true })
  const { page, aws } = subject
  await page.exposeFunction('identityPoolCredentials', () => {
    const { accessKeyId, secretAccessKey, sessionToken } = aws.createSession({
      roleName: 'PoolRole',
      sessionName: 'CognitoIdentityCredentials',
      cognitoIdentity: {
        amr: ['authenticated'],
        identityId,
        identityPoolId: 'eu-west-1:99999999-2222-4333-8444-555555555555',
      },
    })
    given.push(accessKeyId)
    return { accessKeyId, secretAccessKey, sessionToken }
  })
}, 120_000)

afterAll(async () => subject[Symbol.asyncDispose]())

/** Runs in the page, with the shipped library. @returns what `body` returns, or the code of its error */
function inPage(body: string): Promise<unknown> {
  const { url, region } = subject.vendor
  return subject.page.evaluate(`(async () => {
    const { connect, fromVendor } = await import('/browser.js')
    const vendor = ${JSON.stringify({ url, region })}
    const options = ${JSON.stringify(subject.options)}
    try { ${body} } catch (error) { return error.code ?? String(error) }
  })()`)
}

it('with credentials of an identity pool, the caller is the identity, and each vend uses current credentials', async () => {
  const userId = await inPage(`
    globalThis.session = await connect({ ...options, credentials: fromVendor({ ...vendor, credentials: identityPoolCredentials }) })
    return session.userId`)
  expect(userId).toBe(identityId)
  const topic = `users/${identityId}/lamp`
  expect(await inPage(`await session.publish('${topic}', 'on'); return 'published'`)).toBe('published')
  expect(await inPage("await session.publish('users/bob/lamp', 'on'); return 'published'")).toBe('not_granted')
  const { aws, page } = subject
  const [clientId, accessKeyId] = await page.evaluate<[string, string], []>('[session.clientId, session.accessKeyId]')
  expect(given).toHaveLength(1)
  const renewed = page.evaluate("new Promise((resolve) => session.once('renewed', () => resolve('renewed')))")
  aws.faults.expireCredentials(accessKeyId)
  aws.faults.skewClock(1_001)
  aws.faults.cutSockets(clientId)
  expect(await renewed).toBe('renewed')
  expect(new Set(given).size).toBe(2)
  expect(await inPage(`await session.publish('${topic}', 'off'); return 'published'`)).toBe('published')
  await page.evaluate('session.close()')
  aws.faults.skewClock(0)
}, 60_000)

it('such a caller is refused without its session token, and gets an error without credentials', async () => {
  const without = `async () => ({ ...(await identityPoolCredentials()), sessionToken: undefined })`
  const connecting = (credentials: string) =>
    inPage(`await connect({ ...options, credentials: fromVendor({ ...vendor${credentials} }) }); return 'connected'`)
  expect(await connecting(`, credentials: ${without}`)).toBe('vend_refused')
  expect(await connecting('')).toBe('credentials_not_found')
  expect(await connecting(', credentials: () => Promise.reject(new Error("signed out"))')).toBe('credentials_not_found')
  expect(await connecting(', credentials: identityPoolCredentials')).toBe('connected')
}, 60_000)
