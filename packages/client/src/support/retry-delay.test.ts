import { describe, expect, it } from '@jest/globals'
import { type Backoff, reconnectDelay, retryDelay } from './retry-delay.js'

const backoff: Backoff = { baseMs: 500, capMs: 20_000, attempts: 6 }

describe('retryDelay', () => {
  it.each([
    // attempt, random, Retry-After, wait
    [1, 0, undefined, 0],
    [1, 0.5, undefined, 250],
    [2, 0.5, undefined, 500],
    [6, 0.5, undefined, 8000],
    [7, 0.5, undefined, 10_000],
    [60, 0.5, undefined, 10_000],
    [1, 0, 3000, 3000],
    [1, 0.5, 3000, 4500],
    [7, 0.5, 1000, 11_000],
  ])('attempt %s, random %s, Retry-After %s: %s ms', (attempt, random, retryAfter, expected) => {
    expect(retryDelay(attempt, backoff, random, retryAfter)).toBe(expected)
  })
})

/** The upper bound: the delay with the largest random number. */
function bound(...[setback, times, spreadMs]: ['failed' | 'throttled', number, number?]) {
  return Math.round(reconnectDelay(setback, times, 1 - Number.EPSILON, spreadMs))
}

describe('reconnectDelay', () => {
  it.each([
    [1, 200],
    [2, 400],
    [9, 51_200],
    [10, 60_000],
    [5_000, 60_000],
  ])('after %i failures is below %i ms, with or without a spread', (times, expected) => {
    expect(bound('failed', times)).toBe(expected)
    expect(bound('failed', times, 2_200_000)).toBe(expected)
  })

  it.each([
    [1, 2_000],
    [2, 4_000],
    [8, 256_000],
    [9, 300_000],
    [5_000, 300_000],
  ])('after %i throttled attempts of a fleet of unknown size is below %i ms', (times, expected) => {
    expect(bound('throttled', times)).toBe(expected)
  })

  it.each([
    // times, spread, bound
    [1, 2_200, 2_200],
    [2, 2_200, 2_200],
    [3, 2_200, 4_400],
    [4, 2_200, 4_400],
    [5, 2_200, 8_800],
    [5_000, 2_200, 3_600_000],
    [1, 2_200_000, 2_200_000],
    [2, 2_200_000, 2_200_000],
    [3, 2_200_000, 3_600_000],
    // A configured spread of more than an hour applies, and does not grow.
    [1, 7_200_000, 7_200_000],
    [9, 7_200_000, 7_200_000],
  ])('after %i throttled attempts of a fleet that is spread over %i ms is below %i ms', (times, spreadMs, expected) => {
    expect(bound('throttled', times, spreadMs)).toBe(expected)
  })

  it('is uniform from 0 to its bound', () => {
    expect(reconnectDelay('throttled', 1, 0, 1_000)).toBe(0)
    expect(reconnectDelay('throttled', 1, 0.25, 1_000)).toBe(250)
    expect(reconnectDelay('failed', 1, 0.5)).toBe(100)
  })
})
