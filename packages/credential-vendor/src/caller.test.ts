import { describe, expect, it } from '@jest/globals'
import cases from './caller.cases.json' with { type: 'json' }
import { backendRoute, verifiedCaller } from './caller.js'
import { VendError } from './errors.js'

const { accountId, accepted, refused } = cases
const post = 'POST /credentials'

function refusal(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error instanceof VendError ? error.code : error
  }
}

describe('verifiedCaller', () => {
  it.each(accepted)('$name', ({ authorizer, userId }) => {
    expect(verifiedCaller({ routeKey: post, requestContext: { authorizer } }, accountId).userId).toBe(userId)
  })

  it.each(refused)('refuses: $name', ({ authorizer }) => {
    const event = { routeKey: post, requestContext: { authorizer } }
    expect(refusal(() => verifiedCaller(event, accountId))).toBe('caller_not_supported')
  })

  it('hands on the claims of a token, lists as lists', () => {
    const claims = {
      sub: 'alice',
      email: 'a@b',
      groups: '[operators night shift]',
      none: '[]',
      odd: '[a',
      ['__proto__']: 'x',
    }
    const event = { routeKey: post, requestContext: { authorizer: { jwt: { claims } } } }
    const lists = { groups: ['operators', 'night', 'shift'], none: [] }
    expect(verifiedCaller(event, accountId).claims).toEqual({ ...claims, ...lists })
  })

  it('reads identity from the authorizer and nowhere else', () => {
    const forged = {
      routeKey: post,
      headers: {
        'x-user-id': 'admin',
        'x-amzn-iam-arn': 'arn:aws:iam::123456789012:user/admin',
        authorization: 'admin',
      },
      queryStringParameters: { userId: 'admin' },
      pathParameters: { userId: 'admin' },
      body: '{"userId":"admin"}',
      requestContext: {
        authorizer: { iam: { userArn: 'arn:aws:iam::123456789012:user/alice', userId: 'admin', callerId: 'admin' } },
        identity: { userArn: 'arn:aws:iam::123456789012:user/admin' },
      },
    }
    expect(verifiedCaller(forged, accountId).userId).toBe('alice')
  })
})

describe('the route for backends', () => {
  const pathParameters = { userId: 'bob' }

  it('vends for the user in the path, proven by the backend', () => {
    const authorizer = { iam: { userArn: 'arn:aws:sts::123456789012:assumed-role/Backend/i-1' } }
    const event = { routeKey: backendRoute, pathParameters, requestContext: { authorizer } }
    expect(verifiedCaller(event, accountId)).toEqual({ userId: 'bob', claims: {}, provenBy: authorizer.iam.userArn })
  })

  it.each([
    ['a token names nobody else', { jwt: { claims: { sub: 'alice' } } }],
    ['an unsupported caller names nobody', { iam: { userArn: 'arn:aws:iam::123456789012:root' } }],
    ['a stranger names nobody', undefined],
  ])('%s', (_, authorizer) => {
    const event = { routeKey: backendRoute, pathParameters, requestContext: { authorizer } }
    expect(refusal(() => verifiedCaller(event, accountId))).toBe('caller_not_supported')
  })
})
