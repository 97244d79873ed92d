import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { peerBytes, serverPacket } from '../testing/wire/mqtt-packets.js'
import { PacketSplitter, type RawPacket, readPacket } from './index.js'

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}

describe('a stream of packets', () => {
  it('contains the same packets wherever it is split', () => {
    fc.assert(
      fc.property(
        fc.array(serverPacket, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (packets, cuts) => {
          const stream = Buffer.concat(packets.map(peerBytes))
          const splitter = new PacketSplitter(10_000)
          const whole = [...new PacketSplitter(10_000).push(stream)]
          const parts: RawPacket[] = []
          for (let at = 0, cut = 0; at < stream.length; cut++) {
            const size = cuts[cut % cuts.length] ?? 1
            parts.push(...splitter.push(stream.subarray(at, at + size)))
            at += size
          }
          expect(parts.map(readPacket)).toEqual(whole.map(readPacket))
          expect(parts).toHaveLength(packets.length)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('can contain a packet of the maximum size, but not a longer one', () => {
    expect([...new PacketSplitter(3).push(bytes('20 03 00 00 00'))]).toHaveLength(1)
    expect(() => [...new PacketSplitter(2).push(bytes('20 03 00 00 00'))]).toThrow(
      expect.objectContaining({ code: 'packet_too_large', reasonCode: 0x95 }),
    )
  })

  it('causes no allocation for a length above the maximum', () => {
    const before = process.memoryUsage().arrayBuffers
    for (let turn = 0; turn < 100; turn++)
      expect(() => [...new PacketSplitter(1_000).push(bytes('30 ff ff ff 7f'))]).toThrow(/268435455 bytes/u)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
  })

  it('is read in linear time with one byte per frame', () => {
    const splitter = new PacketSplitter(200_000)
    const body = new Uint8Array(200_000 - 4)
    const packet = new Uint8Array([0x30, 0xbc, 0x9a, 0x0c, ...body])
    let whole = 0
    for (const byte of packet) for (const one of splitter.push(Uint8Array.of(byte))) whole += one.body.length
    expect(whole).toBe(body.length)
  })
})
