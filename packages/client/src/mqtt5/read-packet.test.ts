import { expect, it } from '@jest/globals'
import { PacketSplitter, readPacket } from './index.js'
import cases from './read-packet.cases.json' with { type: 'json' }

const maximum = 1_000

function read(hex: string) {
  return [...new PacketSplitter(maximum).push(Buffer.from(hex.replaceAll(' ', ''), 'hex'))].map(readPacket)
}

it.each(cases)('$name', ({ hex, reads, refused }) => {
  if (reads === undefined) {
    expect(() => read(hex)).toThrow(expect.objectContaining({ name: 'CodecError', code: refused }))
  } else {
    expect(read(hex)).toEqual([expect.objectContaining(deep(reads))])
  }
})

/** Properties that are not named do not count. */
function deep(expected: Record<string, unknown>): Record<string, unknown> {
  const { properties, ...plain } = expected
  return properties === undefined ? plain : { ...plain, properties: expect.objectContaining(properties as object) }
}
