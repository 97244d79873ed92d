import { describe, expect, it } from '@jest/globals'
import { delivery } from './delivery.js'

describe('what became of the messages', () => {
  it('counts what never came and what came twice', () => {
    const arrivals = [
      [1, 10],
      [2, 20],
      [2, 21],
      [5, 30],
    ] as const
    expect(delivery(arrivals, [1, 2, 3, 4, 5], [])).toEqual({ lost: 2, repeated: 1, gaps: [] })
  })

  it('does not count as lost what the broker never took', () => {
    expect(delivery([[1, 10]], [1], [])).toMatchObject({ lost: 0 })
  })

  it('has the longest pause that ends after each cut, messages on their way at the cut included', () => {
    const arrivals = [0, 10, 20, 22, 520, 530, 540, 800, 810].map((at, number) => [number, at] as const)
    expect(delivery(arrivals, [], [21, 545]).gaps).toEqual([498, 260])
  })

  it('has no gap where nothing came any more', () => {
    expect(delivery([[1, 10]], [], [20]).gaps).toEqual([0])
  })
})
