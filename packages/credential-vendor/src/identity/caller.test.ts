import { describe, expect, it } from '@jest/globals'
import { entitledTo, parseEntitlements } from '@topic-credentials/grants'
import { VendError } from '../errors.js'
import { flattened, iamUsers, token, tokenEvent } from '../testing/events.js'
import { type AuthorizedEvent, backendRoute, checkRoute, verifiedCaller } from './caller.js'
import iamCallers from './iam-callers.cases.json' with { type: 'json' }
import type { Prover } from './settings.js'
import tokens from './tokens.cases.json' with { type: 'json' }

const post = 'POST /credentials'
const jwtOnly = { ...iamUsers, provers: new Set<Prover>(['jwt']), deployCheckRole: 'CheckRole' }
const backends = { ...iamUsers, provers: new Set<Prover>(['backend']), deployCheckRole: 'CheckRole' }
const both = { ...jwtOnly, provers: new Set<Prover>(['jwt', 'backend']) }

function refusal(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error instanceof VendError ? { code: error.code, remedy: error.remedy } : error
  }
}
const unsupported = { code: 'caller_not_supported', remedy: expect.any(String) }

function iamEvent(userArn: string, more: Partial<AuthorizedEvent> = {}): AuthorizedEvent {
  return { routeKey: post, requestContext: { authorizer: { iam: { userArn, cognitoIdentity: null } } }, ...more }
}
const alice = 'arn:aws:iam::123456789012:user/alice'
const backend = 'arn:aws:sts::123456789012:assumed-role/Backend/i-1234567890abcdef0'
const check = 'arn:aws:sts::123456789012:assumed-role/CheckRole/check-function'

describe('IAM callers, as API Gateway passes them', () => {
  it.each(iamCallers.accepted)('$name', ({ authorizer, userId, settings }) => {
    const event = { routeKey: post, requestContext: { authorizer } }
    expect(verifiedCaller(event, { ...iamUsers, ...(settings as object) })).toMatchObject({
      userId,
      claims: {},
      prover: 'iam',
    })
  })

  it.each(iamCallers.refused)('refuses: $name', ({ authorizer, settings, remedy = '' }) => {
    const event = { routeKey: post, requestContext: { authorizer } }
    const refused = refusal(() => verifiedCaller(event, { ...iamUsers, ...(settings as object) }))
    expect(refused).toEqual({ code: 'caller_not_supported', remedy: expect.stringContaining(remedy) })
  })

  it('are not users if tokens or backends name the users, whatever their names', () => {
    for (const settings of [jwtOnly, backends, both]) {
      expect(refusal(() => verifiedCaller(iamEvent(alice), settings))).toEqual(unsupported)
      expect(refusal(() => verifiedCaller(iamEvent(check), settings))).toEqual(unsupported)
    }
    expect(verifiedCaller(iamEvent(alice), iamUsers).userId).toBe('alice')
  })

  it('are read only from the authorizer', () => {
    const forged = {
      ...iamEvent(alice),
      headers: { 'x-user-id': 'admin', authorization: `Bearer ${token({ sub: 'admin' })}` },
      queryStringParameters: { userId: 'admin' },
      pathParameters: { userId: 'admin' },
      body: '{"userId":"admin"}',
    }
    expect(verifiedCaller(forged, iamUsers).userId).toBe('alice')
  })
})

describe('tokens of real issuers', () => {
  it.each(tokens)('$name', ({ payload, verified, reads }) => {
    const event = { routeKey: post, ...tokenEvent(payload) }
    const claims = verified ?? flattened(payload)
    if (verified !== undefined) expect(flattened(payload)).toEqual(verified)
    const caller = verifiedCaller(
      { ...event, requestContext: { authorizer: { jwt: { claims, scopes: null } } } },
      jwtOnly,
    )
    expect(caller).toMatchObject({ userId: payload.sub, prover: 'jwt', provenBy: payload.iss })
    for (const [variable, texts] of Object.entries(reads as Record<string, readonly string[]>)) {
      for (const text of texts.filter((each) => each !== '')) {
        const rule = { when: { [variable]: text }, publish: ['granted'] }
        expect(entitledTo(parseEntitlements({ entitlements: [rule] }), caller).grants.publish).toEqual(['granted'])
      }
    }
  })

  const payload = {
    sub: 'alice',
    iss: 'https://id.example.com/',
    groups: ['a b', 'c'],
    level: 7,
    none: null,
    half: 0.5,
    odd: [1],
  }
  const claims = flattened(payload)
  const ask = (event: Partial<AuthorizedEvent>, verified: object = claims) =>
    refusal(
      () =>
        verifiedCaller(
          { routeKey: post, ...event, requestContext: { authorizer: { jwt: { claims: verified, scopes: null } } } },
          jwtOnly,
        ).claims,
    )
  const header = (authorization: string | undefined) => ({ headers: { authorization } })

  it('keep the types of the token; claims without a recorded string form are ignored', () => {
    const exact = { sub: 'alice', iss: 'https://id.example.com/', groups: ['a b', 'c'], level: 7 }
    expect(ask(header(`Bearer ${token(payload)}`))).toEqual(exact)
    expect(ask(header(`bearer ${token(payload)}`))).toEqual(exact)
    expect(ask(header(token(payload)))).toEqual(exact)
  })

  it.each([
    ['no header', undefined],
    ['another scheme', `Basic ${token(payload)}`],
    ['two tokens', `Bearer ${token(payload)},Bearer ${token(payload)}`],
    ['two tokens without a comma', `Bearer ${token(payload)} ${token(payload)}`],
    ['no payload', 'Bearer a..c'],
    ['a payload that is not JSON', `Bearer a.${Buffer.from('x').toString('base64url')}.c`],
    ['a payload that is not UTF-8', `Bearer a.${Buffer.from('{"sub":"\u00e9"}', 'latin1').toString('base64url')}.c`],
    ['a payload that is a list', `Bearer ${token(['alice'])}`],
    ['another user’s token', `Bearer ${token({ ...payload, sub: 'bob' })}`],
    ['a token with one claim more', `Bearer ${token({ ...payload, admin: true })}`],
    ['a token with one claim less', `Bearer ${token({ ...payload, level: undefined })}`],
    ['a token with other groups', `Bearer ${token({ ...payload, groups: ['a', 'b', 'd'] })}`],
  ])('are refused: %s', (_, authorization) => {
    expect(ask(header(authorization))).toEqual(unsupported)
  })

  it.each([
    ['a list', { sub: ['alice'] }],
    ['an object', { sub: { name: 'alice' } }],
    ['a number', { sub: 7 }],
    ['nothing', { email: 'alice@example.com' }],
    ['an empty text', { sub: '' }],
    ['half a character', { sub: '\ud83d' }],
    ['too long', { sub: 'x'.repeat(1025) }],
    ['named like a user of another prover', { sub: 'deploy-check~check-function' }],
  ])('are refused if the subject is %s', (_, subject) => {
    expect(refusal(() => verifiedCaller({ routeKey: post, ...tokenEvent(subject) }, jwtOnly))).toEqual(unsupported)
  })

  it('are not users if IAM or a backend names the users', () => {
    for (const settings of [iamUsers, backends]) {
      expect(refusal(() => verifiedCaller({ routeKey: post, ...tokenEvent(payload) }, settings))).toEqual(unsupported)
    }
  })
})

describe('the route for backends', () => {
  const pathParameters = { userId: 'bob' }

  it('vends for the user in the path', () => {
    const event = iamEvent(backend, { routeKey: backendRoute, pathParameters })
    const expected = { userId: 'bob', userPrefix: '', claims: {}, prover: 'backend', provenBy: backend }
    expect(verifiedCaller(event, backends)).toEqual(expected)
    expect(verifiedCaller(event, both).userId).toBe('backend~bob')
  })

  it('accepts a backend with a generated session name, because the backend is not the user', () => {
    const irsa = 'arn:aws:sts::123456789012:assumed-role/Backend/aws-sdk-js-session-1795867600000'
    expect(verifiedCaller(iamEvent(irsa, { routeKey: backendRoute, pathParameters }), backends).userId).toBe('bob')
  })

  it.each([
    ['refuses a token', { jwt: { claims: { sub: 'alice' } } }],
    ['refuses an unsupported caller', { iam: { userArn: 'arn:aws:iam::123456789012:root' } }],
    ['refuses an unauthenticated caller', undefined],
    ['refuses a user of an identity pool', { iam: { userArn: backend, cognitoIdentity: { identityId: 'x' } } }],
  ])('%s', (_, authorizer) => {
    const event = { routeKey: backendRoute, pathParameters, requestContext: { authorizer } }
    expect(refusal(() => verifiedCaller(event, backends))).toEqual(unsupported)
  })

  it('is closed if the stack has no backends', () => {
    const event = iamEvent(backend, { routeKey: backendRoute, pathParameters })
    for (const settings of [iamUsers, jwtOnly])
      expect(refusal(() => verifiedCaller(event, settings))).toEqual(unsupported)
  })
})

describe('the deploy check’s own route', () => {
  it('accepts only the role of the check', () => {
    expect(verifiedCaller(iamEvent(check, { routeKey: checkRoute }), jwtOnly)).toMatchObject({
      userId: 'deploy-check~check-function',
      prover: 'deploy-check',
    })
    const others = [
      alice,
      backend,
      check.replace('CheckRole', 'CheckRole2'),
      'arn:aws:iam::123456789012:user/CheckRole',
    ]
    for (const userArn of others) {
      expect(refusal(() => verifiedCaller(iamEvent(userArn, { routeKey: checkRoute }), jwtOnly))).toEqual(unsupported)
    }
    expect(refusal(() => verifiedCaller(iamEvent(check, { routeKey: checkRoute }), iamUsers))).toEqual(unsupported)
  })
})
