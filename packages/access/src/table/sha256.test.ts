import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Sha256 } from './sha256.js'

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
const data = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array())

describe('Sha256', () => {
  it('is SHA-256 (FIPS 180-4, example "abc")', async () => {
    const hash = new Sha256()
    hash.update('abc')
    expect(hex(await hash.digest())).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('is HMAC-SHA-256 with a key (RFC 4231, case 2)', async () => {
    const hash = new Sha256('Jefe')
    hash.update('what do ya want for nothing?')
    expect(hex(await hash.digest())).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  })

  it('accepts parts, views and buffers, and starts again after a reset', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(data), data, async (parts, key) => {
        const [plain, keyed] = [createHash('sha256'), createHmac('sha256', key)]
        const [hash, mac] = [
          new Sha256(),
          new Sha256(typeof key === 'string' ? key : (key.buffer.slice(0) as ArrayBuffer)),
        ]
        hash.update('forgotten')
        hash.reset()
        for (const part of parts) {
          plain.update(part)
          keyed.update(part)
          hash.update(part)
          mac.update(typeof part === 'string' ? part : new DataView(part.buffer, part.byteOffset, part.byteLength))
        }
        expect(hex(await hash.digest())).toBe(plain.digest('hex'))
        expect(hex(await mac.digest())).toBe(keyed.digest('hex'))
      }),
    )
  })
})
