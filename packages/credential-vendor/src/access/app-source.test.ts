import { describe, expect, it } from '@jest/globals'
import type { SignedAnswer, SignedRequest } from '@topic-credentials/access'
import { appSource } from './app-source.js'

const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:grants:live'
const caller = { userId: 'alice', prover: 'jwt', provenBy: 'https://issuer', claims: { groups: ['a'], admin: true } }

function source(answer: Partial<SignedAnswer> | Error) {
  const asked: SignedRequest[] = []
  const ask = appSource({
    functionArn,
    timeoutMs: 1000,
    call: async (request) => {
      asked.push(request)
      if (answer instanceof Error) throw answer
      return { status: 200, headers: {}, body: '{}', ...answer }
    },
  })
  return { asked, ask: () => ask(caller) }
}

describe('the app’s own function', () => {
  it('is invoked with the verified caller, by its name and alias', async () => {
    const { asked, ask } = source({ body: '{"publish":["a/${userId}"],"seconds":1200}' })
    const { rules, longestSeconds } = await ask()
    expect(asked.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      ['/2015-03-31/functions/grants%3Alive/invocations', { version: 1, ...caller }],
    ])
    expect([rules.map(({ place, templates }) => [place, templates.length]), longestSeconds]).toEqual([
      [['function', 1]],
      1200,
    ])
  })

  it('can grant nothing, and seconds is optional', async () => {
    expect(await source({}).ask()).toMatchObject({ rules: [{ templates: [] }], longestSeconds: undefined })
  })

  it.each<[string, Partial<SignedAnswer> | Error, string, number | undefined]>([
    ['does not answer', new Error('timeout'), 'access_unavailable', 2],
    ['is throttled', { status: 429 }, 'access_unavailable', 5],
    ['Lambda fails', { status: 500 }, 'access_unavailable', 2],
    ['throws', { headers: { 'x-amz-function-error': 'Unhandled' } }, 'access_unavailable', 2],
    ['is not there', { status: 404 }, 'access_unusable', undefined],
    ['does not allow the call', { status: 403 }, 'access_unusable', undefined],
    ['answers no JSON', { body: '<html>' }, 'access_unusable', undefined],
    ['answers null', { body: 'null' }, 'access_unusable', undefined],
    ['answers a list', { body: '[]' }, 'access_unusable', undefined],
    ['answers an unknown member', { body: '{"publish":[],"ttl":1}' }, 'access_unusable', undefined],
    ['returns a string instead of a list', { body: '{"publish":"#"}' }, 'access_unusable', undefined],
    ['answers null for a list', { body: '{"publish":[null]}' }, 'access_unusable', undefined],
    ['answers an unknown variable', { body: '{"publish":["${secret}"]}' }, 'access_unusable', undefined],
    ['answers too short a time', { body: '{"seconds":899}' }, 'access_unusable', undefined],
    ['answers no number', { body: '{"seconds":"900"}' }, 'access_unusable', undefined],
  ])('%s: refused', async (_, answer, code, retryAfterSeconds) => {
    const error = await source(answer)
      .ask()
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, extras: retryAfterSeconds === undefined ? {} : { retryAfterSeconds } })
    expect(Object(error).extras.retryAfterSeconds).toBe(retryAfterSeconds)
  })
})
