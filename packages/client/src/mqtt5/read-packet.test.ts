import { expect, it } from '@jest/globals'
import { PacketSplitter, readPacket } from './index.js'
import cases from './read-packet.cases.json' with { type: 'json' }

const maximum = 1_000

function read(hex: string) {
  return [...new PacketSplitter(maximum).push(Buffer.from(hex.replaceAll(' ', ''), 'hex'))].map(readPacket)
}

it.each(cases)('reads or refuses $name', ({ hex, reads, refused }) => {
  if (reads === undefined) {
    expect(() => read(hex)).toThrow(expect.objectContaining({ name: 'CodecError', code: refused }))
  } else {
    expect(read(hex)).toEqual([expect.objectContaining(deep(reads))])
  }
})

/** Compares only the properties that the case contains. */
function deep(expected: Record<string, unknown>): Record<string, unknown> {
  const { properties, ...plain } = expected
  return properties === undefined ? plain : { ...plain, properties: expect.objectContaining(properties as object) }
}
