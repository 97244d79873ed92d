import { describe, expect, it } from '@jest/globals'
import { DuplicateFilter } from './duplicate-filter.js'

describe('DuplicateFilter', () => {
  it('detects the same ID on the same topic, and nothing else', () => {
    const repetition = new DuplicateFilter()
    expect(repetition.isDuplicate({ topic: 'a', id: '1' })).toBe(false)
    expect(repetition.isDuplicate({ topic: 'a', id: '1' })).toBe(true)
    expect(repetition.isDuplicate({ topic: 'b', id: '1' })).toBe(false)
    expect(repetition.isDuplicate({ topic: 'a', id: '2' })).toBe(false)
    expect(repetition.isDuplicate({ topic: 'a' })).toBe(false)
    expect(repetition.isDuplicate({ topic: 'a' })).toBe(false)
  })

  it('remembers ten thousand IDs and forgets the oldest', () => {
    const repetition = new DuplicateFilter()
    for (let id = 0; id <= 10_000; id++) repetition.isDuplicate({ topic: 'a', id: String(id) })
    expect(repetition.isDuplicate({ topic: 'a', id: '1' })).toBe(true)
    expect(repetition.isDuplicate({ topic: 'a', id: '0' })).toBe(false)
  })
})
