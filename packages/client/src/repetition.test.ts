import { describe, expect, it } from '@jest/globals'
import { Repetition } from './repetition.js'

describe('Repetition', () => {
  it('notices the same ID on the same topic, and nothing else', () => {
    const repetition = new Repetition()
    expect(repetition.isRepeated({ topic: 'a', id: '1' })).toBe(false)
    expect(repetition.isRepeated({ topic: 'a', id: '1' })).toBe(true)
    expect(repetition.isRepeated({ topic: 'b', id: '1' })).toBe(false)
    expect(repetition.isRepeated({ topic: 'a', id: '2' })).toBe(false)
    expect(repetition.isRepeated({ topic: 'a' })).toBe(false)
    expect(repetition.isRepeated({ topic: 'a' })).toBe(false)
  })

  it('forgets the oldest of ten thousand', () => {
    const repetition = new Repetition()
    for (let id = 0; id <= 10_000; id++) repetition.isRepeated({ topic: 'a', id: String(id) })
    expect(repetition.isRepeated({ topic: 'a', id: '1' })).toBe(true)
    expect(repetition.isRepeated({ topic: 'a', id: '0' })).toBe(false)
  })
})
