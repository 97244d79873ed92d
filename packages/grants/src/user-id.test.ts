import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { clientIdPrefix, encodeUserId } from './user-id.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

describe('encodeUserId', () => {
  it.each([
    ['alice', 'alice'],
    ['alice@example.com', 'alice@example.com'],
    ['auth0|alice', 'auth0=7Calice'],
    ['Dev~alice@example.com', 'Dev=7Ealice@example.com'],
    ['a', '=61'],
    ['=61', '=3D61'],
    ['é', '=C3=A9'],
    ['a/b+c#d:e*f', 'a=2Fb=2Bc=23d=3Ae=2Af'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), '==lTfF_fEgSC99WNJentWD9SwCtOME6oFNsWM61WWu1-k'],
  ])('%s becomes %s', (userId, encoded) => {
    expect(encodeUserId(userId)).toBe(encoded)
    expect(clientIdPrefix(userId)).toBe(`${encodeUserId(userId)}:`)
  })

  it.each(['', '\ud800', 'a\udfffb'])('refuses %j', (userId) => {
    expect(() => encodeUserId(userId)).toThrow(expect.objectContaining({ code: 'invalid_user_id', value: userId }))
  })

  it(`is injective and always valid for STS (SEED=${seed})`, () => {
    const part = fc.oneof(
      fc.constantFrom('=', '==', '=3D', '61', 'a', 'A', '+', ':', '/', 'é'),
      fc.string({ unit: 'grapheme' }),
    )
    const userId = fc
      .array(part, { minLength: 1, maxLength: 12 })
      .map((parts) => parts.join(''))
      .filter((text) => text !== '')
    const seen = new Map<string, string>()
    const property = fc.property(userId, fc.nat(3), (plain, rounds) => {
      // Encoded user IDs are user IDs too: no user ID may equal the encoding of another one.
      let text = plain
      for (let round = 0; round <= rounds; round++) {
        const encoded = encodeUserId(text)
        expect(encoded).toMatch(/^[\w=,.@-]{2,64}$/u)
        expect(seen.get(encoded) ?? text).toBe(text)
        seen.set(encoded, text)
        text = encoded
      }
    })
    fc.assert(property, { seed, numRuns: 5000 })
    expect(seen.size).toBeGreaterThan(5000)
  })
})
