import { get } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { SignedInUser as SignedIn } from '@topic-credentials/project'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { startLocalAws } from '../local-aws.js'
import type { LocalAws } from '../local-aws-types.js'
import { httpApi, lambdaFunction, lambdaRole, type TestAssembly, writeAssembly } from '../testing/assembly.js'
import { send } from '../testing/https-client.js'
import { localAudience, localIssuer } from './names.js'

const source =
  'export const handler = async ({ requestContext: { authorizer } }) => ({ claims: authorizer.jwt?.claims, user: authorizer.iam?.userArn })'

async function start(issuer: string | undefined): Promise<{ aws: LocalAws; assembly: TestAssembly }> {
  const authorizer = {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      ApiId: { Ref: 'Api' },
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Audience: [localAudience], Issuer: issuer },
      Name: 'Jwt',
    },
  }
  const authorization =
    issuer === undefined ? { AuthorizationType: 'AWS_IAM' } : { AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Jwt' } }
  const assembly = await writeAssembly(
    {
      Resources: {
        Role: lambdaRole(),
        Function: lambdaFunction('it', 'Role'),
        ...(issuer === undefined ? {} : { Jwt: authorizer }),
        ...httpApi('Function', { 'POST /credentials': authorization }),
      },
    },
    { it: source },
  )
  return { aws: await startLocalAws({ assembly: assembly.directory, ports: { issuer: 0 } }), assembly }
}

function ask(aws: LocalAws, signedIn: SignedIn) {
  const url = `${aws.endpoints.api}/credentials`
  if (signedIn.kind === 'credentials') return send(aws.ca, url, { method: 'POST', key: signedIn })
  return send(aws.ca, url, { method: 'POST', headers: { authorization: `Bearer ${signedIn.token}` } })
}

function signInAt(aws: LocalAws, body: string, headers: Record<string, string>) {
  return send(aws.ca, `${aws.endpoints.endpoint}/_local/sign-in`, { method: 'POST', body, headers })
}

describe('if the callers have tokens of the stand-in', () => {
  let aws: LocalAws
  let assembly: TestAssembly
  beforeAll(async () => {
    const started = await start(localIssuer)
    aws = started.aws
    assembly = started.assembly
  })
  afterAll(async () => {
    await aws.close()
    await assembly[Symbol.asyncDispose]()
  })

  it('signs any user in, with any claims', async () => {
    expect(aws.callers).toBe('jwt')
    const signedIn = await aws.signIn({ user: 'alice@example.com', claims: { groups: ['ops', 'a b'], level: 3 } })
    const { status, body } = await ask(aws, signedIn)
    expect(status).toBe(200)
    expect(JSON.parse(body).claims).toMatchObject({
      sub: 'alice@example.com',
      groups: '[ops a b]',
      level: '3',
      iss: localIssuer,
      aud: localAudience,
    })
  })

  it.each(['iss', 'sub', 'iat', 'exp', 'jti'])('the claim %s is the issuer’s', async (name) => {
    const refused = aws.signIn({ user: 'alice', claims: { [name]: 'bob' } })
    await expect(refused).rejects.toMatchObject({ code: 'reserved_claim', value: name })
  })

  it('refuses an empty user', async () => {
    await expect(aws.signIn({ user: '' })).rejects.toMatchObject({ code: 'invalid_user' })
  })

  it('a changed or expired token is refused', async () => {
    const signedIn = await aws.signIn({ user: 'alice' })
    if (signedIn.kind !== 'token') throw new Error('a token is expected')
    const [head, claims = '', signature] = signedIn.token.split('.')
    const forged = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: 'root' }
    const token = [head, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.')
    expect(await ask(aws, { kind: 'token', token })).toMatchObject({ status: 401 })
    expect(await ask(aws, signedIn)).toMatchObject({ status: 200 })
    aws.faults.skewClock(3_600_000)
    expect(await ask(aws, signedIn)).toMatchObject({ status: 401 })
    aws.faults.skewClock(0)
  })

  it('is an OpenID Connect issuer with discovery, keys and a token endpoint', async () => {
    const issuer = aws.endpoints.issuer ?? ''
    const { body } = await send(aws.ca, `${issuer}/.well-known/openid-configuration`)
    const discovery = JSON.parse(body)
    expect(discovery).toMatchObject({ issuer: localIssuer, jwks_uri: `${localIssuer}/keys` })
    const keys = createLocalJWKSet(JSON.parse((await send(aws.ca, `${issuer}/keys`)).body))
    const fields = new URLSearchParams({ grant_type: 'password', username: 'alice', claims: '{"groups":["ops"]}' })
    const post = (authorization: string, sent = fields.toString()) =>
      send(aws.ca, `${issuer}/token`, { method: 'POST', headers: { authorization }, body: sent })
    const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
    const answer = await post(basic('local-aws', aws.signInSecret))
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } })
    const { access_token: token, token_type: type } = JSON.parse(answer.body)
    expect(type).toBe('Bearer')
    const { payload } = await jwtVerify(token, keys, { issuer: localIssuer, audience: localAudience })
    expect(payload).toMatchObject({ sub: 'alice', groups: ['ops'] })
    expect(await ask(aws, { kind: 'token', token })).toMatchObject({ status: 200 })

    expect(await post(basic('local-aws', 'guessed'))).toMatchObject({ status: 401 })
    expect(await post(basic('other', aws.signInSecret))).toMatchObject({ status: 401 })
    expect(await post('')).toMatchObject({ status: 401 })
    const wrong = await post(basic('local-aws', aws.signInSecret), 'grant_type=password&username=a&claims=7')
    expect(wrong).toMatchObject({ status: 400, body: expect.stringContaining('not a JSON object') })
    expect(await post(basic('local-aws', aws.signInSecret), 'grant_type=x')).toMatchObject({ status: 400 })
    // The private half stays here.
    expect(Object.keys(JSON.parse((await send(aws.ca, `${issuer}/keys`)).body).keys[0]).sort()).toEqual([
      'alg',
      'e',
      'kid',
      'kty',
      'n',
      'use',
    ])
  })

  it('it listens on this machine alone', async () => {
    const port = Number(new URL(aws.endpoints.issuer ?? '').port)
    const refused = new Promise((resolve) => {
      get({ host: '127.0.0.2', port, path: '/keys', ca: aws.ca }).on('error', ({ code }: NodeJS.ErrnoException) =>
        resolve(code),
      )
    })
    expect(await refused).toBe('ECONNREFUSED')
  })

  it('other processes can sign users in with the secret only', async () => {
    const authorization = `Bearer ${aws.signInSecret}`
    const { status, body } = await signInAt(aws, '{"user":"bob"}', { authorization })
    expect(status).toBe(200)
    expect(await ask(aws, JSON.parse(body))).toMatchObject({ status: 200 })
    for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: `Bearer ${aws.signInSecret}x` }]) {
      expect(await signInAt(aws, '{"user":"bob"}', headers as Record<string, string>)).toMatchObject({ status: 403 })
    }
    for (const wrong of ['', '[]', '{"user":""}', '{"user":"bob","claims":7}', '{"user":"bob","claims":{"sub":"x"}}']) {
      expect(await signInAt(aws, wrong, { authorization })).toMatchObject({ status: 400 })
    }
  })
})

describe('where the callers are IAM users', () => {
  let aws: LocalAws
  let assembly: TestAssembly
  beforeAll(async () => {
    const started = await start(undefined)
    aws = started.aws
    assembly = started.assembly
  })
  afterAll(async () => {
    await aws.close()
    await assembly[Symbol.asyncDispose]()
  })

  it('a user is made on the fly, once, with keys for an hour', async () => {
    expect(aws.callers).toBe('iam')
    const [first, second] = [await aws.signIn({ user: 'carol' }), await aws.signIn({ user: 'carol' })]
    expect(first).toMatchObject({ kind: 'credentials', accessKeyId: expect.stringMatching(/^ASIA/u) })
    for (const signedIn of [first, second]) {
      const { status, body } = await ask(aws, signedIn)
      expect({ status, user: JSON.parse(body).user }).toEqual({
        status: 200,
        user: 'arn:aws:iam::123456789012:user/carol',
      })
    }
    aws.faults.skewClock(3_601_000)
    expect(await ask(aws, first)).toMatchObject({ status: 403 })
    aws.faults.skewClock(0)
  })

  it('claims are refused with the command that works', async () => {
    const refused = aws.signIn({ user: 'carol', claims: { groups: ['ops'] } })
    await expect(refused).rejects.toMatchObject({
      code: 'claims_need_tokens',
      value: 'groups',
      remedy: expect.stringContaining(`-c jwtIssuer=${localIssuer} -c jwtAudience=${localAudience}`),
    })
  })

  it.each(['a/b', 'a b', '', 'x'.repeat(65), 'é'])('%j is no name of an IAM user', async (user) => {
    await expect(aws.signIn({ user })).rejects.toMatchObject({ code: 'invalid_user', value: user })
  })
})

it('refuses if the stack accepts tokens of another issuer', async () => {
  const { aws, assembly } = await start('https://login.example.com')
  try {
    expect(aws.callers).toBe('foreign')
    const refused = aws.signIn({ user: 'alice' })
    await expect(refused).rejects.toMatchObject({ code: 'foreign_issuer', value: 'https://login.example.com' })
  } finally {
    await aws.close()
    await assembly[Symbol.asyncDispose]()
  }
})

it('an empty account refuses to sign users in', async () => {
  await using aws = await startLocalAws({})
  expect(aws.callers).toBe('none')
  await expect(aws.signIn({ user: 'alice' })).rejects.toMatchObject({ code: 'no_callers' })
})
