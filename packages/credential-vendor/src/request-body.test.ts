import { describe, expect, it } from '@jest/globals'
import { maxBodyBytes, requestBody } from './request-body.js'

const malformed = expect.objectContaining({ name: 'VendError', code: 'malformed_request' })
function base64(bytes: Uint8Array | string): { body: string; isBase64Encoded: true } {
  return {
    body: Buffer.from(bytes).toString('base64'),
    isBase64Encoded: true,
  }
}

describe('requestBody', () => {
  it.each([
    ['nothing', {}, undefined],
    ['an empty body', { body: '' }, undefined],
    ['an empty body in base64', { body: '', isBase64Encoded: true }, undefined],
    ['JSON', { body: '{"subscribe":["a"]}' }, { subscribe: ['a'] }],
    ['JSON in base64', base64('{"subscribe":["ä"]}'), { subscribe: ['ä'] }],
    ['any JSON value', { body: '7' }, 7],
    ['the largest body', { body: `"${'x'.repeat(maxBodyBytes - 2)}"` }, 'x'.repeat(maxBodyBytes - 2)],
  ])('reads %s', (_, event, value) => {
    expect(requestBody(event)).toEqual(value)
  })

  it.each([
    ['no JSON', { body: 'hello' }],
    ['half of JSON', { body: '{"subscribe":' }],
    ['bytes that are not UTF-8', base64(Uint8Array.of(0x22, 0xff, 0x22))],
    ['JSON called base64', { body: '{"a":1}', isBase64Encoded: true }],
    ['one byte too many', { body: `"${'x'.repeat(maxBodyBytes - 1)}"` }],
    ['one byte too many in base64', base64(`"${'x'.repeat(maxBodyBytes - 1)}"`)],
    ['too many bytes in few characters', { body: `"${'ä'.repeat(maxBodyBytes / 2)}"` }],
    ['a megabyte', { body: 'x'.repeat(1024 * 1024) }],
  ])('refuses %s', (_, event) => {
    expect(() => requestBody(event)).toThrow(malformed)
  })

  it('does not quote the body in the error', () => {
    expect(() => requestBody({ body: 'AKIASECRET' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('AKIA') }),
    )
  })
})
