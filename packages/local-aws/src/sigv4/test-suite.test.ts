import { describe, expect, it } from '@jest/globals'
import { testAccessKey, testClock } from '../testing/access-keys.js'
import { canonicalRequest } from './canonical-request.js'
import { readClaimedSignature } from './claimed-signature.js'
import { calculateSignature, stringToSign } from './signature.js'
import suite from './test-suite.vectors.json' with { type: 'json' }
import { verify } from './verify.js'

/** Every step of every vector: a failure names the step that went wrong. */
describe(suite.source, () => {
  const now = Date.parse('2015-08-30T12:36:00Z')
  const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

  it.each(suite.vectors)('$name', ({ request, sessionToken, ...expected }) => {
    const body = Buffer.from('body' in request ? (request.body ?? '') : '')
    const received = { ...request, body }
    const claimed = readClaimedSignature(received, 'json')
    const canonical = canonicalRequest(received, {
      signedHeaders: claimed.signedHeaders,
      omittedParameters: new Set(['X-Amz-Signature']),
      host: 'example.amazonaws.com',
    })
    expect(canonical.split('\n')).toEqual(expected.canonicalRequest)
    const text = stringToSign(claimed.timestamp, claimed.scope, canonical)
    expect(text.split('\n')).toEqual(expected.stringToSign)
    expect(calculateSignature(secretAccessKey, claimed.scope, text).toString('hex')).toBe(expected.signature)

    const key = testAccessKey({
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey,
      ...(sessionToken ? { sessionToken } : {}),
    })
    const settings = { service: ['service'], region: 'us-east-1', clock: testClock(now) }
    expect(verify(received, { ...settings, accessKey: () => key })).toBe(key)
    const stranger = { ...key, secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEZ' }
    expect(() => verify(received, { ...settings, accessKey: () => stranger })).toThrow(/does not match the signature/u)
  })

  // S3's canonical form; every other service takes the dots and the doubled slashes out, as the `-normalized` twins do.
  it.each(suite.unnormalized)('$name: refused, since this is no S3', ({ request }) => {
    const key = testAccessKey({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey })
    const settings = { service: ['service'], region: 'us-east-1', clock: testClock(now) }
    expect(() => verify(request, { ...settings, accessKey: () => key })).toThrow(/does not match the signature/u)
  })
})
