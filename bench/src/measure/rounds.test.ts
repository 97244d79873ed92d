import { describe, expect, it } from '@jest/globals'
import { inTurns } from './rounds.js'

describe('rounds', () => {
  it('take turns, backwards in every other round, and leave the warm-up out', async () => {
    const ran: string[] = []
    const contestant = (name: string) => (round: number) => {
      ran.push(`${name}${round}`)
      return round * 10
    }
    const done: number[] = []
    const figures = await inTurns(
      { a: contestant('a'), b: async (round) => contestant('b')(round) },
      { rounds: 2, onRound: (count) => done.push(count) },
    )
    expect(ran).toEqual(['b-1', 'a-1', 'a0', 'b0', 'b1', 'a1'])
    expect(figures).toEqual({ a: [0, 10], b: [0, 10] })
    expect(done).toEqual([1, 2])
  })

  it('end with the error of the one that fails', async () => {
    const broken = () => Promise.reject(new Error('no broker'))
    await expect(inTurns({ fine: () => 1, broken }, { rounds: 1 })).rejects.toThrow('no broker')
  })
})
