import { describe, expect, it } from '@jest/globals'
import { TokenBucket } from './token-bucket.js'

describe('TokenBucket', () => {
  const clock = { time: 1_000_000, now: () => clock.time }
  const taken = (bucket: TokenBucket, times: number) =>
    Array.from({ length: times }, () => bucket.take()).filter(Boolean).length

  it('gives its burst at once, then its rate', () => {
    const bucket = new TokenBucket({ rate: 10, burst: 5 }, clock)
    expect(taken(bucket, 8)).toBe(5)
    clock.time += 99
    expect(bucket.take()).toBe(false)
    clock.time += 1
    expect(taken(bucket, 2)).toBe(1)
    clock.time += 60_000
    expect(taken(bucket, 8)).toBe(5)
  })

  it('gives nothing for a clock that goes back, and goes on from there', () => {
    const bucket = new TokenBucket({ rate: 1, burst: 1 }, clock)
    expect(bucket.take()).toBe(true)
    clock.time -= 10_000
    expect(bucket.take()).toBe(false)
    clock.time += 1_000
    expect(bucket.take()).toBe(true)
  })

  it('gives nothing at all with a burst of 0', () => {
    expect(new TokenBucket({ rate: 10, burst: 0 }, clock).take()).toBe(false)
  })
})
