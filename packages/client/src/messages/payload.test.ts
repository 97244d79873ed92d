import { describe, expect, it } from '@jest/globals'
import { maxWillBytes, payloadBytes } from './payload.js'

async function text(payload: unknown) {
  return new TextDecoder().decode(await payloadBytes(payload))
}

describe('payloadBytes', () => {
  it('sends bytes and strings unchanged, everything else as JSON', async () => {
    const bytes = new Uint8Array([0, 255])
    expect(payloadBytes(bytes)).toBe(bytes)
    expect(await text('{"a": 1}')).toBe('{"a": 1}')
    expect(await text({ a: 1 })).toBe('{"a":1}')
    expect(await text(null)).toBe('null')
    expect(payloadBytes('')).toHaveLength(0)
  })

  it('accepts 128 KB and refuses one byte more', async () => {
    expect(payloadBytes('x'.repeat(131_072))).toHaveLength(131_072)
    await expect(payloadBytes('x'.repeat(131_073))).rejects.toMatchObject({
      code: 'invalid_argument',
      value: '131073 bytes',
    })
    await expect(payloadBytes('é'.repeat(65_537))).rejects.toMatchObject({ value: '131074 bytes' })
  })

  it('accepts 65,535 bytes for a last will, whose length field has two bytes, and refuses one byte more', async () => {
    expect(payloadBytes('x'.repeat(65_535), maxWillBytes)).toHaveLength(65_535)
    await expect(payloadBytes('x'.repeat(65_536), maxWillBytes)).rejects.toThrow(
      /65536 bytes; the limit of a last will is 65535/u,
    )
  })

  it('refuses a value without a JSON form', async () => {
    await expect(payloadBytes(undefined)).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(payloadBytes(() => {})).rejects.toMatchObject({ value: 'function' })
  })
})
