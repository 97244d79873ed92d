import type { IncomingHttpHeaders } from 'node:http'
import { get, request } from 'node:https'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { everything, startTestAccount, type TestAccount } from '../testing/test-account.js'

let account: TestAccount
beforeEach(async () => {
  account = await startTestAccount()
})
afterEach(async () => account[Symbol.asyncDispose]())

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly message: string
}

/** What the server says to a WebSocket handshake, or 101. */
function handshake(
  url: string,
  headers: Record<string, string> = {},
  protocol: string | string[] = 'mqtt',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocol, { ca: account.ca, headers })
    socket.on('upgrade', ({ headers: answered }) => {
      socket.terminate()
      resolve({ status: 101, headers: answered, body: '', message: '' })
    })
    socket.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered } = response
        resolve({ status, headers: answered, body, message: JSON.parse(body).message })
      })
    })
    socket.on('error', reject)
  })
}

function change(url: string, parameter: string, edit: (value: string) => string): string {
  const changed = new URL(url)
  changed.searchParams.set(parameter, edit(changed.searchParams.get(parameter) ?? ''))
  return changed.href
}

describe('gate 1', () => {
  it("answers a wrong signature with AWS's status, headers and body", async () => {
    const url = await account.presign(account.session(everything))
    expect(await handshake(url)).toMatchObject({ status: 101, headers: { 'sec-websocket-protocol': 'mqtt' } })
    const accessKeyId = new URL(url).searchParams.get('X-Amz-Credential')?.split('/')[0]
    expect(account.journal.at(-1)).toMatchObject({ event: 'Upgrade', outcome: 'ok', fields: { accessKeyId } })
    const refused = await handshake(change(url, 'X-Amz-Signature', () => 'a'.repeat(64)))
    expect(refused.status).toBe(403)
    expect(refused.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '241',
      'x-amzn-errortype': 'ForbiddenException:',
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/u),
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'x-amzn-ErrorMessage, x-amzn-RequestId, x-amzn-ErrorType, Date',
    })
    expect(Object.keys(JSON.parse(refused.body))).toEqual(['message', 'traceId'])
    expect(account.refusals()).toMatchObject([{ event: 'Upgrade', fields: { status: 403, fault: 'Mismatch' } }])
  })

  it.each([
    [
      'a changed date',
      'X-Amz-Date',
      (value: string) => value.replace(/.Z$/u, (end) => (end === '0Z' ? '1Z' : '0Z')),
      403,
      /^The request signature/u,
    ],
    ['a changed expiry', 'X-Amz-Expires', () => '301', 403, /^The request signature/u],
    [
      'another access key',
      'X-Amz-Credential',
      (value: string) => value.replace(/^[^/]+/u, 'ASIAIOSFODNN7EXAMPLE'),
      403,
      /security token .* invalid/u,
    ],
    ['another region', 'X-Amz-Credential', (value: string) => value.replace('eu-west-1', 'us-east-1'), 403, /region/u],
    [
      'another service',
      'X-Amz-Credential',
      (value: string) => value.replace('iotdevicegateway', 'sts'),
      403,
      /service/u,
    ],
    ['a credential that is none', 'X-Amz-Credential', () => '-----BEGIN CERTIFICATE-----', 400, /Credential/u],
    ['an unknown algorithm', 'X-Amz-Algorithm', () => 'AWS4-ECDSA-P256-SHA256', 400, /algorithm/u],
    [
      'another session token',
      'X-Amz-Security-Token',
      (value: string) => `${value.slice(0, -1)}!`,
      403,
      /security token .* invalid/u,
    ],
  ] as const)('refuses %s', async (_what, parameter, edit, status, text) => {
    const url = await account.presign(account.session(everything))
    expect((await handshake(url)).status).toBe(101)
    const refused = await handshake(change(url, parameter, edit))
    expect(refused).toMatchObject({ status, message: expect.stringMatching(text) })
    expect(refused.headers['x-amzn-errortype']).toBe(
      status === 400 ? 'InvalidRequestException:' : 'ForbiddenException:',
    )
  })

  it('refuses a foreign session token, one too many and a missing one', async () => {
    const [alice, bob] = [account.session(everything), account.session(everything, 'bob')]
    const url = await account.presign(alice)
    const foreign = change(url, 'X-Amz-Security-Token', () => bob.sessionToken ?? '')
    expect(await handshake(foreign)).toMatchObject({
      status: 403,
      message: 'The security token included in the request is invalid.',
    })
    const bare = new URL(url)
    bare.searchParams.delete('X-Amz-Security-Token')
    expect(await handshake(bare.href)).toMatchObject({ status: 403 })
    const { accessKey } = account.directory.createUser('dev', { all: { Version: '2012-10-17', Statement: everything } })
    expect((await handshake(await account.presign(accessKey))).status).toBe(101)
    const { sessionToken = '' } = alice
    expect((await handshake(await account.presign({ ...accessKey, sessionToken }))).status).toBe(403)
  })

  it('takes a signature for five minutes in both directions, whatever X-Amz-Expires says', async () => {
    const url = await account.presign(account.session(everything))
    account.clock.skew = 299_000
    expect((await handshake(url)).status).toBe(101)
    account.clock.skew = 302_000
    const late = await handshake(url)
    expect(late).toMatchObject({
      status: 403,
      message: expect.stringMatching(/^Signature expired: \w+ is now earlier than \w+ \(\w+ - 5 min\.\)$/u),
    })
    expect(late.headers['content-length']).toBe('163')
    account.clock.skew = -302_000
    const early = await handshake(url)
    expect(early).toMatchObject({ status: 403, message: expect.stringMatching(/^Signature not yet current: /u) })
    expect(early.headers['content-length']).toBe('171')
  })

  it('refuses expired credentials', async () => {
    const key = account.session(everything)
    expect((await handshake(await account.presign(key))).status).toBe(101)
    account.clock.skew = 3_600_000
    expect(await handshake(await account.presign(key))).toMatchObject({
      status: 403,
      message: 'The security token included in the request is expired',
    })
  })

  it('takes the service name iotdata too, and the host with and without its port', async () => {
    const key = account.session(everything)
    expect((await handshake(await account.presign(key, { service: 'iotdata' }))).status).toBe(101)
    expect((await handshake(await account.presign(key, { host: 'localhost' }))).status).toBe(101)
    expect((await handshake(await account.presign(key, { host: 'example.com' }))).status).toBe(403)
  })

  it('echoes the sub-protocols mqtt and mqttv3.1, and no other', async () => {
    const key = account.session(everything)
    const echoed = async (offered: string[]) =>
      (await handshake(await account.presign(key), {}, offered)).headers['sec-websocket-protocol']
    expect(await echoed(['mqtt'])).toBe('mqtt')
    expect(await echoed(['mqttv3.1'])).toBe('mqttv3.1')
    expect(await echoed(['other', 'mqtt'])).toBe('mqtt')
    expect(await echoed(['other'])).toBeUndefined()
  })

  it('refuses a signature without a token, another path, and a request that is no WebSocket', async () => {
    const url = await account.presign(account.session(everything))
    expect(await handshake(`wss://${account.iot.endpoint}/mqtt`)).toMatchObject({ status: 403 })
    expect(await handshake(url.replace('/mqtt', '/other'))).toMatchObject({ status: 404 })
    const plain = await new Promise<number | undefined>((resolve) => {
      get(url.replace('wss:', 'https:'), { ca: account.ca, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
    })
    expect(plain).toBe(426)
    const posted = await new Promise<number | undefined>((resolve) => {
      request(`https://${account.iot.endpoint}/`, { ca: account.ca, agent: false, method: 'POST' }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end('x')
    })
    expect(posted).toBe(403)
  })

  it('says no secret in the journal', async () => {
    const key = account.session(everything)
    const url = await account.presign(key)
    await handshake(url)
    await handshake(change(url, 'X-Amz-Signature', () => 'b'.repeat(64)))
    const text = JSON.stringify(account.journal)
    expect(text).not.toContain(key.secretAccessKey)
    expect(text).not.toContain(key.sessionToken)
  })
})
