import { describe, expect, it } from '@jest/globals'
import { parseGrants } from '../grants.js'
import { parseVendResponse } from './parse-vend-response.js'
import { parseProblem, problem, problems } from './problem.js'
import { askedGrants, parseVendRequest } from './vend-request.js'

describe('parseVendRequest', () => {
  it.each([
    [undefined, undefined],
    [{}, undefined],
    [{ durationSeconds: 900 }, undefined],
    [{ publish: ['a'] }, { publish: ['a'], subscribe: [], retain: [] }],
    [
      { subscribe: ['a/#'], retain: [], durationSeconds: 3600 },
      { publish: [], subscribe: ['a/#'], retain: [] },
    ],
  ])('%j requests %j', (body, grants) => {
    expect(askedGrants(parseVendRequest(body))).toEqual(grants)
  })

  it.each([
    [null, 'malformed_request'],
    ['{}', 'malformed_request'],
    [[], 'malformed_request'],
    [{ userId: 'bob' }, 'unknown_key'],
    [{ publish: null }, 'malformed_request'],
    [{ publish: ['a\0'] }, 'invalid_topic_filter'],
    [{ publish: [], subscribe: [] }, 'no_grants'],
    [{ durationSeconds: 899 }, 'invalid_duration'],
    [{ durationSeconds: 3601 }, 'invalid_duration'],
    [{ durationSeconds: 99999 }, 'invalid_duration'],
    [{ durationSeconds: 900.5 }, 'invalid_duration'],
    [{ durationSeconds: '900' }, 'invalid_duration'],
    [{ durationSeconds: {} }, 'invalid_duration'],
    [{ durationSeconds: Number.NaN }, 'invalid_duration'],
  ])('refuses %j: %s', (body, code) => {
    expect(() => parseVendRequest(body)).toThrow(expect.objectContaining({ code, remedy: expect.any(String) }))
  })
})

it('refuses a duration that is nested too deeply for JSON.stringify like any other', () => {
  const durationSeconds: unknown = JSON.parse('['.repeat(7_000) + ']'.repeat(7_000))
  expect(() => parseVendRequest({ durationSeconds })).toThrow(
    expect.objectContaining({ code: 'invalid_duration', message: 'durationSeconds is a list.' }),
  )
})

const answer = {
  credentials: {
    accessKeyId: 'ASIA',
    secretAccessKey: 'hush',
    sessionToken: 'hushhush',
    expiration: '2026-11-23T17:00:00Z',
  },
  endpoint: 'x.iot.eu-west-1.amazonaws.com',
  region: 'eu-west-1',
  userId: 'alice',
  clientIdPrefix: 'alice:',
  grants: { publish: ['test'], subscribe: ['test'], retain: [] },
  policyCharacters: 377,
  policyForm: 'full',
  packedPolicySize: 12,
}

describe('parseVendResponse', () => {
  it('reads the response of the vendor, without unknown fields', () => {
    expect(parseVendResponse({ ...answer, later: true })).toEqual(answer)
    expect(parseVendResponse({ ...answer, grants: { publish: ['a'], later: ['b'] } }).grants).toEqual({
      publish: ['a'],
      subscribe: [],
      retain: [],
    })
    const { packedPolicySize: _, ...without } = answer
    expect(parseVendResponse(without)).toEqual(without)
    expect(parseVendResponse({ ...answer, spreadSeconds: 86_400 })).toEqual({ ...answer, spreadSeconds: 86_400 })
    const dropped = [{ rule: 'entitlements[1]', reason: 'userId is "a/b"', remedy: 'Use another variable.' }]
    expect(parseVendResponse({ ...answer, dropped })).toEqual({ ...answer, dropped })
  })

  it.each([
    [null],
    [{ ...answer, credentials: undefined }],
    [{ ...answer, credentials: { ...answer.credentials, secretAccessKey: 1 } }],
    [{ ...answer, credentials: { ...answer.credentials, expiration: 'hush' } }],
    [{ ...answer, grants: { publish: ['hush#'] } }],
    [{ ...answer, grants: { subscribe: 'hush' } }],
    [{ ...answer, grants: { retain: [1] } }],
    [{ ...answer, grants: undefined }],
    [{ ...answer, endpoint: '' }],
    [{ ...answer, policyCharacters: -1 }],
    [{ ...answer, packedPolicySize: '12' }],
    [{ ...answer, spreadSeconds: 0 }],
    [{ ...answer, spreadSeconds: 86_401 }],
    [{ ...answer, spreadSeconds: '60' }],
    [{ ...answer, dropped: 'hush' }],
    [{ ...answer, dropped: [{ rule: 'x' }] }],
  ])('refuses %# without a secret in the error', (input) => {
    const error = (() => {
      try {
        return parseVendResponse(input)
      } catch (thrown) {
        return thrown as Error
      }
    })()
    expect(error).toMatchObject({ code: 'malformed_response', value: undefined })
    expect(JSON.stringify(error) + (error as Error).message).not.toContain('hushhush')
  })
})

describe('problem', () => {
  it.each(Object.keys(problems))('%s is read as it was written', (code) => {
    const sent = problem(code as keyof typeof problems, 'what happened', {
      remedy: 'what to do',
      retryAfterSeconds: 2,
      requestId: 'r-1',
      grants: [{ kind: 'publish', filter: 'a/+' }],
      suggestion: parseGrants({ publish: ['a/#'] }),
    })
    expect(sent.status).toBeGreaterThanOrEqual(400)
    expect(parseProblem(JSON.parse(JSON.stringify(sent)))).toEqual(sent)
  })

  it.each([
    [null],
    ['x'],
    [{}],
    [{ code: 'toString', detail: 'x' }],
    [{ code: 'internal' }],
    [{ message: 'Forbidden' }],
  ])('%j is not a problem of the vendor', (input) => {
    expect(parseProblem(input)).toBeUndefined()
  })
})
