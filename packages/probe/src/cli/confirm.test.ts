import { PassThrough } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { confirm } from './confirm.js'

function asked(keys: string, isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY })
  const stop = new AbortController()
  let begun = 0
  const begin = () => {
    begun += 1
    stop.abort()
  }
  const answer = confirm('Deploy? ', { begin, signal: stop.signal }, { input, output: new PassThrough() })
  input.write(keys)
  return answer.then((yes) => ({ yes, begun }))
}

describe('the question before the deployment', () => {
  it.each([
    ['y\r', true],
    ['YES\r', true],
    ['\r', false],
    ['n\r', false],
    ['yesterday\r', false],
    ['\u0004', false],
  ])('%j: %s', async (keys, yes) => {
    expect(await asked(keys)).toEqual({ yes, begun: 0 })
  })

  it('Ctrl-C is no, and stops the probe', async () => {
    expect(await asked('y\u0003')).toEqual({ yes: false, begun: 1 })
  })

  it('is no without a terminal', async () => {
    expect(await asked('y\r', false)).toEqual({ yes: false, begun: 0 })
  })
})
