import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { auth, http } from 'aws-iot-device-sdk-v2'
import { testAccessKey, testClock } from '../testing/access-keys.js'
import { SignatureError } from './signature-error.js'
import type { SignedRequest } from './signed-request.js'
import { verify } from './verify.js'

const region = 'eu-west-1'
const now = Date.parse('2026-03-04T05:06:07Z')
const key = testAccessKey({ sessionToken: 'token+/==', expiresAt: now + 3_600_000 })

function judge(request: SignedRequest, service = ['iotdevicegateway', 'iotdata']) {
  try {
    const accessKey = (id: string) => (id === key.accessKeyId ? key : undefined)
    return verify(request, { service, region, clock: testClock(now), accessKey }).accessKeyId
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error
    return { code: error.code, status: error.status, message: error.message }
  }
}

const mismatch = {
  code: 'ForbiddenException',
  status: 403,
  message: expect.stringMatching(/^The request signature we calculated does not match/u),
}
const invalidToken = {
  code: 'ForbiddenException',
  status: 403,
  message: 'The security token included in the request is invalid.',
}

/** How a browser does it: query form, Host as the browser sends it, the token appended after signing (or, wrongly, before). */
function presign({
  signedHost,
  service = 'iotdevicegateway',
  token = 'after',
  extra = '',
}: {
  signedHost: string
  service?: string
  token?: 'before' | 'after' | 'none'
  extra?: string
}): string {
  const scope = `20260304/${region}/${service}/aws4_request`
  const sessionToken = `X-Amz-Security-Token=${encodeURIComponent(key.sessionToken ?? '')}`
  const query = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encodeURIComponent(`${key.accessKeyId}/${scope}`)}`,
    'X-Amz-Date=20260304T050607Z',
    ...(extra ? [extra] : []),
    ...(token === 'before' ? [sessionToken] : []),
    'X-Amz-SignedHeaders=host',
  ].join('&')
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const canonical = `GET\n/mqtt\n${query}\nhost:${signedHost}\n\nhost\n${sha256('')}`
  const text = `AWS4-HMAC-SHA256\n20260304T050607Z\n${scope}\n${sha256(canonical)}`
  let signature: Buffer = Buffer.from(`AWS4${key.secretAccessKey}`)
  for (const part of [...scope.split('/'), text]) signature = createHmac('sha256', signature).update(part).digest()
  return `${query}&X-Amz-Signature=${signature.toString('hex')}${token === 'after' ? `&${sessionToken}` : ''}`
}

function upgrade(query: string, host: string): SignedRequest {
  return {
    method: 'GET',
    path: '/mqtt',
    query,
    headers: { host },
  }
}

describe('a browser’s URL for the IoT gateway', () => {
  it.each([
    ['port 443, which browsers leave out', 'iot.example', 'iot.example'],
    ['another port, signed with it', 'localhost:8443', 'localhost:8443'],
    ['another port, signed without it', 'localhost', 'localhost:8443'],
    ['an IPv6 address', '[::1]:8443', '[::1]:8443'],
  ])('%s', (_, signedHost, host) => {
    expect(judge(upgrade(presign({ signedHost }), host))).toBe(key.accessKeyId)
  })

  it.each([
    ['another name', 'other', 'localhost:8443'],
    ['another port', 'localhost:8444', 'localhost:8443'],
    ['a port that was not sent', 'localhost:8443', 'localhost'],
    ['port 443 sent but not signed, as AWS refuses it', 'iot.example', 'iot.example:443'],
  ])('is refused with %s', (_, signedHost, host) => {
    expect(judge(upgrade(presign({ signedHost }), host))).toEqual(mismatch)
  })

  const signedHost = 'localhost'
  it('is refused when the session token was signed, is missing, or is another', () => {
    const query = presign({ signedHost })
    expect(judge(upgrade(query, signedHost))).toBe(key.accessKeyId)
    expect(judge(upgrade(presign({ signedHost, token: 'before' }), signedHost))).toEqual(mismatch)
    expect(judge(upgrade(presign({ signedHost, token: 'none' }), signedHost))).toEqual(invalidToken)
    expect(judge(upgrade(query.replace(/X-Amz-Security-Token=.*/u, 'X-Amz-Security-Token=x'), signedHost))).toEqual(
      invalidToken,
    )
  })

  it('X-Amz-Expires is signed but its value does not matter', () => {
    expect(judge(upgrade(presign({ signedHost, extra: 'X-Amz-Expires=1' }), signedHost))).toBe(key.accessKeyId)
    const query = presign({ signedHost, extra: 'X-Amz-Expires=1' }).replace('Expires=1', 'Expires=2')
    expect(judge(upgrade(query, signedHost))).toEqual(mismatch)
  })

  it('may be scoped to iotdata, not to another service', () => {
    expect(judge(upgrade(presign({ signedHost, service: 'iotdata' }), signedHost))).toBe(key.accessKeyId)
    expect(judge(upgrade(presign({ signedHost, service: 'execute-api' }), signedHost))).toMatchObject({
      message: "Credential should be scoped to correct service: 'iotdevicegateway'. ",
    })
  })

  it.each([
    ['Algorithm', 'AWS4-HMAC-SHA512', 400],
    ['Credential', 'nobody', 400],
    ['Date', '20260304T050608Z', 403],
    ['Date', 'yesterday', 400],
    ['SignedHeaders', 'connection%3Bhost', 403],
    ['SignedHeaders', '', 400],
    ['Signature', '0', 403],
    ['Signature', '', 400],
  ])('is refused with X-Amz-%s=%s', (name, value, status) => {
    const query = presign({ signedHost }).replace(new RegExp(`X-Amz-${name}=[^&]*`, 'u'), `X-Amz-${name}=${value}`)
    const code = status === 400 ? 'InvalidRequestException' : 'ForbiddenException'
    expect(judge(upgrade(query, signedHost))).toMatchObject({ code, status })
  })

  it('does not work for another path or method', () => {
    const request = upgrade(presign({ signedHost }), signedHost)
    expect(judge({ ...request, path: '/topics/test' })).toEqual(mismatch)
    expect(judge({ ...request, method: 'POST' })).toEqual(mismatch)
  })

  it('other services do want the token signed', () => {
    const api = (token: 'before' | 'after') =>
      judge(upgrade(presign({ signedHost, service: 'execute-api', token }), signedHost), ['execute-api'])
    expect(api('before')).toBe(key.accessKeyId)
    expect(api('after')).toMatchObject({ code: 'InvalidSignatureException' })
  })
})

/** As the device SDK's MQTT clients sign each handshake, with the same settings. */
describe('the device SDK’s URL', () => {
  async function handshake(): Promise<SignedRequest & { headers: Record<string, string> }> {
    const headers = { host: 'localhost', upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-protocol': 'mqtt' }
    const request = new http.HttpRequest('GET', '/mqtt', new http.HttpHeaders(Object.entries(headers)))
    await auth.aws_sign_request(request, {
      algorithm: auth.AwsSigningAlgorithm.SigV4,
      signature_type: auth.AwsSignatureType.HttpRequestViaQueryParams,
      provider: auth.AwsCredentialsProvider.newStatic(key.accessKeyId, key.secretAccessKey, key.sessionToken),
      region,
      service: 'iotdevicegateway',
      date: new Date(now),
      signed_body_value: auth.AwsSignedBodyValue.EmptySha256,
      omit_session_token: true,
    })
    const [path = '', query = ''] = request.path.split('?')
    return { method: 'GET', path, query, headers }
  }

  it('is accepted, whatever the port: it never names one', async () => {
    const request = await handshake()
    expect(request.query).not.toContain('X-Amz-Expires')
    expect(judge(request)).toBe(key.accessKeyId)
    expect(judge({ ...request, headers: { ...request.headers, host: 'localhost:8443' } })).toBe(key.accessKeyId)
    expect(judge({ ...request, headers: { ...request.headers, host: 'other' } })).toEqual(mismatch)
  })

  it('is refused after any change to the query', async () => {
    const request = await handshake()
    for (const name of ['Credential', 'Date', 'Signature', 'Security-Token']) {
      const query = request.query.replace(
        new RegExp(`(X-Amz-${name}=[^&]*)(.)(&|$)`, 'u'),
        (_, head, last, tail) => `${head}${last === '1' ? '2' : '1'}${tail}`,
      )
      expect(query).not.toBe(request.query)
      expect(judge({ ...request, query })).not.toBe(key.accessKeyId)
    }
    expect(judge({ ...request, query: `${request.query}&x=1` })).toEqual(mismatch)
  })
})
