import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { testAccessKey, testClock } from '../testing/access-keys.js'
import { fuzz, fuzzTimeout } from '../testing/fuzz.js'
import { queryParameters } from './canonical-request.js'
import { SignatureError } from './signature-error.js'
import type { SignedRequest } from './signed-request.js'
import suite from './test-suite.vectors.json' with { type: 'json' }
import { verify } from './verify.js'

const key = testAccessKey({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' })
const clock = testClock(Date.parse('2015-08-30T12:36:00Z'))

/** Accepted or refused with a SignatureError; anything else that is thrown is a crash. */
function accepts(request: SignedRequest, service = ['service']): boolean {
  try {
    const accessKey = (id: string) => (id === key.accessKeyId ? key : undefined)
    return verify(request, { service, region: 'us-east-1', clock, accessKey }) === key
  } catch (error) {
    if (error instanceof SignatureError) return false
    throw error
  }
}

const campaign = { subject: 'signatures', properties: 2 }
const limit = fuzzTimeout(campaign)
const vectors = suite.vectors.filter((vector) => vector.sessionToken === undefined)
function headersOf(vector: (typeof vectors)[number]) {
  return vector.request.headers as unknown as Record<string, string[]>
}

describe('whatever comes in', () => {
  it(
    'is refused when it is noise',
    async () => {
      const text = fc.string({ unit: 'binary' })
      const parts = fc.constantFrom(
        'AWS4-HMAC-SHA256 ',
        'Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request',
        'SignedHeaders=host',
        ', ',
        'Signature=',
        '00',
        '=',
        'X-Amz-Algorithm=AWS4-HMAC-SHA256',
        '&',
        'X-Amz-Date=20150830T123600Z',
        '%',
        '%zz',
        '20150830T123600Z',
      )
      const noise = fc.oneof(
        text,
        fc.array(fc.oneof(parts, text), { maxLength: 12 }).map((all) => all.join('')),
      )
      const headers = fc.dictionary(
        fc.constantFrom('host', 'authorization', 'x-amz-date', 'date', 'x-amz-security-token', 'a'),
        fc.oneof(noise, fc.array(noise)),
      )
      await fuzz(
        campaign,
        fc.property(
          text,
          noise,
          noise,
          headers,
          fc.constantFrom('service', 'sts', 'iotdevicegateway'),
          (method, path, query, fields, service) => {
            expect(accepts({ method, path, query, headers: fields }, [service])).toBe(false)
          },
        ),
      )
    },
    limit,
  )

  it(
    'is refused after one character of path, query, signed header or body was changed',
    async () => {
      const sameMeaning = (a: string, b: string) =>
        JSON.stringify(queryParameters(a).toSorted()) === JSON.stringify(queryParameters(b).toSorted())
      await fuzz(
        campaign,
        fc.property(
          fc.constantFrom(...vectors),
          fc.constantFrom('method', 'path', 'query', 'host', 'x-amz-date', 'authorization', 'body'),
          fc.nat(),
          fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
          (vector, field, where, put) => {
            const headers = headersOf(vector)
            const { method, path, query } = vector.request
            const body = 'body' in vector.request ? (vector.request.body ?? '') : ''
            const request = { method, path, query, headers, body: Buffer.from(body) }
            expect(accepts(request)).toBe(true)
            const parts: Record<string, string> = { method, path, query, body }
            const before = parts[field] ?? headers[field]?.[0]
            fc.pre(before !== undefined)
            const at = before.length === 0 ? 0 : where % before.length
            const after = before.slice(0, at) + put + before.slice(at + 1)
            fc.pre(after !== before)
            // What means the same may pass: another order or spelling of parameters, a dot segment, blanks at the ends.
            if (field === 'query') fc.pre(!sameMeaning(before, after))
            if (field === 'path') fc.pre(!/^[/.\s]|\/$/u.test(put + before.slice(at + 1)) && !before.includes('.'))
            if (field === 'authorization') {
              fc.pre(put.trim() !== '' && put !== ',' && after.toLowerCase() !== before.toLowerCase())
            }
            if (field === 'host' || field === 'x-amz-date') fc.pre(put.trim() !== '')
            const changed =
              field in request
                ? { ...request, [field]: field === 'body' ? Buffer.from(after) : after }
                : { ...request, headers: { ...headers, [field]: [after] } }
            expect(accepts(changed)).toBe(false)
          },
        ),
      )
    },
    limit,
  )
})
