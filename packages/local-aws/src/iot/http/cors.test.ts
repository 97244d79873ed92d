import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { everything, startTestAccount, type TestAccount } from '../testing/test-account.js'

let account: TestAccount
beforeEach(async () => {
  account = await startTestAccount()
})
afterEach(async () => account[Symbol.asyncDispose]())

/** As a browser sends it for a page of another origin. */
function ask(method: string, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders }>((resolve, reject) => {
    const options = { method, ca: account.ca, agent: false, headers: { origin: 'https://example.com', ...headers } }
    request(`https://${account.iot.endpoint}${path}`, options, (response) => {
      response.resume()
      resolve({ status: response.statusCode, headers: response.headers })
    })
      .on('error', reject)
      .end()
  })
}

it('answers a preflight without a signature, with all that signed requests carry', async () => {
  const wanted = 'authorization,content-type,x-amz-date,x-amz-security-token,x-amz-mqtt5-user-properties'
  const { status, headers } = await ask('OPTIONS', '/topics/t?qos=1', {
    'access-control-request-method': 'POST',
    'access-control-request-headers': wanted,
  })
  expect(status).toBe(200)
  expect(headers['access-control-allow-origin']).toBe('*')
  expect(headers['access-control-allow-methods']).toContain('POST')
  const allowed = (headers['access-control-allow-headers'] ?? '').toLowerCase().split(', ')
  expect(wanted.split(',').filter((name) => !allowed.includes(name))).toEqual([])
  expect(account.journal).toEqual([])
})

it('lets a page read answers and refusals, and Date, by which it corrects its clock', async () => {
  account.clock.skew = -100_000
  const { search } = new URL(await account.presign(account.session(everything), { service: 'iotdata' }))
  const refused = await ask('GET', '/retainedMessage')
  const missing = await ask('GET', `/mqtt${search}`)
  for (const { headers } of [refused, missing]) {
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(headers['access-control-expose-headers']).toContain('Date')
    expect(Math.abs(Date.parse(headers.date ?? '') - account.clock.now())).toBeLessThan(30_000)
  }
  expect([refused.status, missing.status]).toEqual([403, 426])
})
