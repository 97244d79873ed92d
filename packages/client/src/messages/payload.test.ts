import { describe, expect, it } from '@jest/globals'
import { maxWillBytes, payloadBytes } from './payload.js'

function text(bytes: Uint8Array) {
  return new TextDecoder().decode(bytes)
}

describe('payloadBytes', () => {
  it('sends bytes and text as they are, everything else as JSON', () => {
    const bytes = new Uint8Array([0, 255])
    expect(payloadBytes(bytes)).toBe(bytes)
    expect(text(payloadBytes('{"a": 1}'))).toBe('{"a": 1}')
    expect(text(payloadBytes({ a: 1 }))).toBe('{"a":1}')
    expect(text(payloadBytes(null))).toBe('null')
    expect(payloadBytes('')).toHaveLength(0)
  })

  it('takes 128 KB and refuses a byte more', () => {
    expect(payloadBytes('x'.repeat(131_072))).toHaveLength(131_072)
    expect(() => payloadBytes('x'.repeat(131_073))).toThrow(
      expect.objectContaining({ code: 'invalid_argument', value: '131073 bytes' }),
    )
    expect(() => payloadBytes('é'.repeat(65_537))).toThrow(expect.objectContaining({ value: '131074 bytes' }))
  })

  it('takes 65,535 bytes for a last will, whose length stands in two bytes, and refuses a byte more', () => {
    expect(payloadBytes('x'.repeat(65_535), maxWillBytes)).toHaveLength(65_535)
    expect(() => payloadBytes('x'.repeat(65_536), maxWillBytes)).toThrow(
      /65536 bytes; the limit of a last will is 65535/u,
    )
  })

  it('refuses what JSON cannot say', () => {
    expect(() => payloadBytes(undefined)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
    expect(() => payloadBytes(() => {})).toThrow(expect.objectContaining({ value: 'function' }))
  })
})
