import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { createTlsMaterial, type TlsMaterial } from '../../tls.js'
import type { ApiRequest } from '../messages/request.js'
import { JwtAuthorizer } from './jwt-authorizer.js'

// Keys are work, not waiting: on a busy machine they take longer than jest's time.
jest.setTimeout(120_000)

type Pair = Awaited<ReturnType<typeof generateKeyPair>>

const clock = { skew: 0, now: () => Date.now() + clock.skew }
let tls: TlsMaterial
let server: Server
let issuer: string
let keys: Pair
let others: Pair
const issuerState = { jwks: [] as JWK[], requests: [] as string[], padding: '' }

beforeAll(async () => {
  tls = await createTlsMaterial()
  keys = await generateKeyPair('RS256')
  others = await generateKeyPair('RS256')
  server = createServer({ key: tls.key, cert: tls.cert }, (request, response) => {
    issuerState.requests.push(request.url ?? '')
    if (request.url === '/tenant/.well-known/openid-configuration') {
      return response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }))
    }
    if (request.url === '/tenant/keys') {
      return response.end(JSON.stringify({ keys: issuerState.jwks, padding: issuerState.padding }))
    }
    return response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `https://localhost:${(server.address() as AddressInfo).port}/tenant`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(async () => {
  clock.skew = 0
  issuerState.jwks = [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }]
  issuerState.requests = []
  issuerState.padding = ''
})

function authorizer(identitySource = '$request.header.Authorization', trust: string | undefined = tls.ca) {
  return new JwtAuthorizer({ issuer, audience: ['api'], identitySource }, clock, trust)
}

function claims() {
  return { iss: issuer, aud: 'api', sub: 'alice', iat: seconds(), exp: seconds() + 600 }
}
function seconds() {
  return Math.floor(Date.now() / 1000)
}
function token(change: object = {}, { key = keys.privateKey, header = {} as object } = {}) {
  return new SignJWT({ ...claims(), ...change }).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key)
}

function request(authorization: string | undefined, query = ''): ApiRequest {
  const headers = authorization === undefined ? {} : { authorization: [authorization] }
  return {
    method: 'GET',
    rawPath: '/',
    path: '/',
    query,
    headers,
    body: Buffer.alloc(0),
    sourceIp: '127.0.0.1',
    protocol: 'HTTP/1.1',
  }
}

describe('JwtAuthorizer', () => {
  it('takes a good token, with or without Bearer, and hands on its claims as text', async () => {
    const good = await token({
      groups: ['a b', 'c'],
      level: 7,
      admin: false,
      nested: { y: 1, x: [null] },
      nickname: null,
      claims: 'mine',
    })
    for (const value of [`Bearer ${good}`, `bearer ${good}`, good]) {
      expect(await authorizer().authorize(request(value), [])).toMatchObject({
        allowed: true,
        principal: `${issuer}#alice`,
        context: {
          jwt: {
            scopes: null,
            claims: {
              sub: 'alice',
              aud: 'api',
              groups: '[a b c]',
              level: '7',
              admin: 'false',
              nested: '{"y":1,"x":[null]}',
              claims: 'mine',
              exp: expect.stringMatching(/^\d+$/u),
            },
          },
        },
      })
    }
  })

  it('takes the token from the query where it is configured so, and only there', async () => {
    const good = await token()
    const fromQuery = authorizer('$request.querystring.token')
    expect(await fromQuery.authorize(request(undefined, `token=${good}`), [])).toMatchObject({ allowed: true })
    expect(await fromQuery.authorize(request(`Bearer ${good}`), [])).toMatchObject({ allowed: false, status: 401 })
  })

  const refused: [string, () => Promise<string> | string][] = [
    ['another issuer', () => token({ iss: 'https://elsewhere.example' })],
    ['another audience', () => token({ aud: 'other' })],
    ['no audience', () => token({ aud: undefined })],
    ['an audience beside which client_id does not count', () => token({ aud: 'other', client_id: 'api' })],
    ['an expired token', () => token({ exp: seconds() - 1 })],
    ['no expiry', () => token({ exp: undefined })],
    ['a token for later', () => token({ nbf: seconds() + 60 })],
    ['a token from the future', () => token({ iat: seconds() + 60 })],
    ['another key', () => token({}, { key: others.privateKey })],
    ['an unknown key ID', () => token({}, { header: { kid: 'two' } })],
    ['no key ID', () => token({}, { header: { kid: undefined } })],
    [
      'a symmetric signature',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: 'one' })
          .sign(new TextEncoder().encode('secret'.repeat(8))),
    ],
    [
      'no signature',
      async () =>
        `${Buffer.from('{"alg":"none","kid":"one"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}.`,
    ],
    [
      'changed claims',
      async () => {
        const [head, , signature] = (await token()).split('.')
        return [
          head,
          Buffer.from(JSON.stringify({ ...claims(), sub: 'mallory' })).toString('base64url'),
          signature,
        ].join('.')
      },
    ],
    ['no token at all', () => 'Basic dXNlcjpwYXNz'],
  ]
  it.each(refused)('refuses %s', async (_, make) => {
    expect(await authorizer().authorize(request(`Bearer ${await make()}`), [])).toMatchObject({
      allowed: false,
      status: 401,
    })
    expect(await authorizer().authorize(request(`Bearer ${await token()}`), [])).toMatchObject({ allowed: true })
  })

  it('takes client_id where there is no audience', async () => {
    expect(await authorizer().authorize(request(await token({ aud: undefined, client_id: 'api' })), [])).toMatchObject({
      allowed: true,
    })
  })

  it('says in www-authenticate what is wrong', async () => {
    const wrong = await authorizer().authorize(request(await token({ aud: 'other' })), [])
    expect(wrong).toHaveProperty('headers', {
      'www-authenticate':
        'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"',
    })
    expect(await authorizer().authorize(request(undefined), [])).toHaveProperty('headers', {
      'www-authenticate': 'Bearer',
    })
  })

  it('wants one of the scopes of the route, from scope or scp', async () => {
    const check = async (change: object) => authorizer().authorize(request(await token(change)), ['vend', 'admin'])
    expect(await check({ scope: 'openid vend' })).toMatchObject({
      allowed: true,
      context: { jwt: { scopes: ['openid', 'vend'] } },
    })
    expect(await check({ scp: ['admin'] })).toMatchObject({ allowed: true, context: { jwt: { scopes: ['admin'] } } })
    expect(await check({ scope: 'vending' })).toMatchObject({
      allowed: false,
      status: 403,
      principal: `${issuer}#alice`,
    })
    expect(await check({})).toMatchObject({ allowed: false, status: 403 })
  })

  it('goes by the clock it was given', async () => {
    const good = await token()
    clock.skew = 601_000
    expect(await authorizer().authorize(request(good), [])).toMatchObject({
      allowed: false,
      status: 401,
      reason: expect.stringContaining('exp'),
    })
  })

  it('fetches the keys once', async () => {
    const one = authorizer()
    await one.authorize(request(await token()), [])
    await one.authorize(request(await token()), [])
    expect(issuerState.requests).toEqual(['/tenant/.well-known/openid-configuration', '/tenant/keys'])
  })

  it('refuses all tokens while the issuer is not trusted by TLS, or its response is too long', async () => {
    expect(
      await authorizer(undefined, (await createTlsMaterial()).ca).authorize(request(await token()), []),
    ).toMatchObject({ allowed: false, status: 401 })
    issuerState.padding = 'x'.repeat(150_000)
    expect(await authorizer().authorize(request(await token()), [])).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('150000'),
    })
  })

  it('is not made for an issuer without TLS, without an audience, or with an odd identity source', () => {
    const make = (change: object) => () =>
      new JwtAuthorizer(
        { issuer, audience: ['api'], identitySource: '$request.header.Authorization', ...change },
        clock,
      )
    expect(make({ issuer: 'http://localhost' })).toThrow('HTTPS')
    expect(make({ audience: [] })).toThrow('audience')
    expect(make({ identitySource: '$context.authorizer' })).toThrow('identity source')
    expect(make({})).not.toThrow()
  })
})
