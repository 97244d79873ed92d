import { Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { lines } from './lines.js'

async function split(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const found: string[] = []
  for await (const line of lines(Readable.from(chunks.map((chunk) => Buffer.from(chunk))))) {
    found.push(Buffer.from(line).toString('latin1'))
  }
  return found
}

describe('lines', () => {
  it.each<[string[], string[]]>([
    [['a\nb\n'], ['a', 'b']],
    [['a\nb'], ['a', 'b']],
    [
      ['a', 'b\nc', '\n'],
      ['ab', 'c'],
    ],
    [
      ['a\r\n\r\nb\r', '\n'],
      ['a', '', 'b'],
    ],
    [['\n\n'], ['', '']],
    [[], []],
  ])('of %j are %j', async (chunks, expected) => {
    expect(await split(...chunks)).toEqual(expected)
  })

  it('keeps bytes that are not UTF-8, also across chunks', async () => {
    expect(await split(new Uint8Array([0xff, 0xc3]), new Uint8Array([0x28, 0x0a]))).toEqual(['\u00ff\u00c3('])
  })

  it('does not buffer an endless line', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536, 'x')
      })(),
    )
    for await (const line of lines(endless)) {
      expect(line.byteLength).toBeGreaterThan(128 * 1024)
      break
    }
  })
})
