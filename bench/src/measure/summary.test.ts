import { describe, expect, it } from '@jest/globals'
import { figure, quantile, range, ratios, summary } from './summary.js'

describe('a summary of runs', () => {
  it('has the median of an odd and of an even number, in any order', () => {
    expect(summary([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9, runs: 3 })
    expect(summary([4, 1, 3, 2]).median).toBe(2.5)
    expect(summary([7])).toEqual({ median: 7, min: 7, max: 7, runs: 1 })
  })

  it('leaves the runs as they are', () => {
    const runs = [3, 1, 2]
    summary(runs)
    expect(runs).toEqual([3, 1, 2])
  })

  it('refuses to summarize nothing', () => {
    expect(() => summary([])).toThrow('no run')
  })

  it('has quantiles between two runs', () => {
    const runs = Array.from({ length: 101 }, (_, index) => index)
    expect(quantile(runs, 0.99)).toBe(99)
    expect(quantile([0, 10], 0.25)).toBe(2.5)
  })
})

describe('ratios', () => {
  it('compare runs of the same round', () => {
    expect(ratios([1, 9], [2, 3])).toEqual([0.5, 3])
  })

  it('refuse rounds in which one is missing', () => {
    expect(() => ratios([1], [1, 2])).toThrow('1 runs cannot be compared with 2')
  })
})

describe('figures', () => {
  it.each([
    [1234.5, '1,235'],
    [999.6, '1,000'],
    [12.345, '12.3'],
    [0.012345, '0.0123'],
    [0, '0'],
    [308_123, '308,123'],
    [-0.5, '-0.5'],
  ])('%d is written %s', (value, text) => {
    expect(figure(value)).toBe(text)
  })

  it('have their range', () => {
    expect(range(summary([1, 2.5, 2000]))).toBe('1–2,000')
  })
})
