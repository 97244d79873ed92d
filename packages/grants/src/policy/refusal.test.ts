import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { GrantError } from '../errors.js'
import { covers, parseGrants } from '../grants.js'
import { anyGrants } from '../testing/arbitraries.js'
import { sessionPolicy } from './session-policy.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

function errorOf(input: unknown): GrantError {
  try {
    sessionPolicy(parseGrants(input), { userId: 'alice' })
  } catch (error) {
    if (error instanceof GrantError) return error
  }
  throw new Error('compiled')
}

function devices(count: number) {
  return Array.from({ length: count }, (_, index) => `devices/sensor-number-${index}/telemetry`)
}

describe('policy_too_large', () => {
  it('reports the excess, the largest grants, and wider grants that fit', () => {
    const error = errorOf({ publish: devices(45), subscribe: devices(45) })
    expect(error.code).toBe('policy_too_large')
    expect(error.message).toContain(`${error.excess} more than STS allows`)
    expect(error.grants).toHaveLength(3)
    expect(error.suggestion).toEqual(
      parseGrants({ publish: ['devices/+/telemetry'], subscribe: ['devices/+/telemetry'] }),
    )
    expect(error.remedy).toContain('"devices/+/telemetry"')
  })

  it('counts exactly if the grants are close to the limit', () => {
    const distinct = Array.from({ length: 31 }, (_, index) => `${index}/`.padEnd(40, 'x'))
    expect(errorOf({ publish: distinct, subscribe: distinct })).toMatchObject({ code: 'policy_too_large' })
    expect(() => errorOf({ publish: distinct.slice(5), subscribe: distinct.slice(5) })).toThrow('compiled')
  })

  it('suggests only grants that fit', () => {
    const { suggestion } = errorOf({
      subscribe: Array.from({ length: 90 }, (_, index) => `level-${index}/${'x'.repeat(index)}`),
    })
    expect(sessionPolicy(suggestion ?? parseGrants({}), { userId: 'alice' }).remaining).toBeGreaterThan(0)
  })

  it('is fast for the largest input that parseGrants accepts', () => {
    const wide = Array.from({ length: 200 }, (_, index) => `+/+/${index}/+/${'x'.repeat(200)}/+`)
    expect(errorOf({ publish: wide, subscribe: wide, retain: wide }).code).toBe('policy_too_large')
  })
})

it(`every suggestion compiles and covers the request (SEED=${seed})`, () => {
  let suggestions = 0
  const property = fc.property(anyGrants, (grants) => {
    try {
      const { characters, document, remaining } = sessionPolicy(grants, { userId: 'alice' })
      expect({ characters, remaining }).toEqual({ characters: document.length, remaining: 2048 - document.length })
      const reversed = parseGrants({
        publish: [...grants.publish].reverse(),
        subscribe: [...grants.subscribe].reverse(),
        retain: grants.retain,
      })
      expect(sessionPolicy(reversed, { userId: 'alice' }).document).toBe(document)
    } catch (error) {
      if (!(error instanceof GrantError)) throw error
      for (const { kind, filter } of error.code === 'policy_too_large' ? error.grants : []) {
        expect(grants[kind]).toContain(filter)
      }
      if (!error.suggestion) return
      suggestions++
      expect(covers(error.suggestion, grants)).toEqual({ covered: true })
      expect(sessionPolicy(error.suggestion, { userId: 'alice' }).remaining).toBeGreaterThanOrEqual(0)
    }
  })
  fc.assert(property, { seed, numRuns: 1500 })
  expect(suggestions).toBeGreaterThan(200)
})
