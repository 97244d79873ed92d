import { describe, expect, it } from '@jest/globals'
import { Emitter } from './emitter.js'

class Bell extends Emitter<{ ring: [number]; stop: [] }> {
  ring(times: number): void {
    this.emit('ring', times)
  }

  stop(): void {
    this.removeAllListeners()
  }
}

describe('Emitter', () => {
  it('calls listeners in order, and each as often as it was added', () => {
    const seen: string[] = []
    const bell = new Bell()
    const twice = (times: number) => void seen.push(`twice ${times}`)
    bell.on('ring', twice).once('ring', (times) => void seen.push(`once ${times}`))
    bell.on('ring', twice)
    bell.ring(1)
    bell.off('ring', twice)
    bell.ring(2)
    bell.stop()
    bell.ring(3)
    expect(seen).toEqual(['twice 1', 'once 1', 'twice 1', 'twice 2'])
  })

  it('calls the listeners that existed at the start of the event, even if one of them adds or removes listeners', () => {
    const seen: string[] = []
    const bell = new Bell()
    const last = () => void seen.push('last')
    bell.on('ring', () => {
      seen.push('first')
      bell.off('ring', last)
      bell.on('ring', () => void seen.push('added'))
    })
    bell.on('ring', last)
    bell.ring(1)
    expect(seen).toEqual(['first', 'last'])
  })
})
