import { describe, expect, it } from '@jest/globals'
import { type Backoff, waitBefore } from './backoff.js'

const backoff: Backoff = { baseMs: 500, capMs: 20_000, attempts: 6 }

describe('waitBefore', () => {
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
    expect(waitBefore(attempt, backoff, random, retryAfter)).toBe(expected)
  })
})
