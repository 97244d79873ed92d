import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Packet } from 'mqtt-packet'
import { clientPacket, peerBytes, peerRead, serverPacket, toPeer } from '../testing/wire/mqtt-packets.js'
import { PacketSplitter, readPacket, type ServerPacket, writePacket } from './index.js'

function read(bytes: Uint8Array): ServerPacket {
  const [raw] = new PacketSplitter(1_000_000).push(bytes)
  if (raw === undefined) throw new Error('no packet')
  return readPacket(raw)
}

/** The fields that both codecs have. */
function essence(packet: Packet): unknown {
  const { length: _, ...named } = packet as Packet & Record<string, unknown>
  const { qos, retain, dup, topic, payload, ...rest } = named as Record<string, unknown>
  const message = named.cmd === 'publish' ? { qos, retain, dup, topic, payload } : {}
  const { reasonCode = 0, properties = {}, messageId = null, ...other } = rest
  return { ...other, ...message, reasonCode, properties, messageId: messageId ?? null }
}

describe('our codec and mqtt-packet, which share no code, agree', () => {
  it('on packets that mqtt-packet writes for a broker and we read', () => {
    fc.assert(
      fc.property(serverPacket, (packet) => {
        const here = read(peerBytes(packet))
        expect(essence(toPeer(here))).toEqual(essence(toPeer(packet)))
        if (packet.type === 'publish') expect(here).toMatchObject({ id: packet.id, payload: packet.payload })
      }),
      { numRuns: 5_000 },
    )
  })

  it('on packets that we write for a client and mqtt-packet reads', () => {
    fc.assert(
      fc.property(clientPacket, (packet) => {
        const there = peerRead(writePacket(packet))
        expect(there && essence(there)).toEqual(essence(toPeer(packet)))
      }),
      { numRuns: 5_000 },
    )
  })
})
