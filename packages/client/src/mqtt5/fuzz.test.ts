import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { clientPacket, peerBytes, peerRead, serverPacket, toPeer } from '../testing/mqtt-packets.js'
import { type ClientPacket, CodecError, PacketSplitter, readPacket, type ServerPacket, writePacket } from './index.js'

const runs = 100_000
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fffffff)
/** What may be left in memory after all inputs: a leak of a few hundred bytes for each exceeds it. */
const heapGrowthBytes = 32 * 1024 * 1024

/** Bytes changed, cut out and put in: near enough to packets to reach every field. */
const edits = fc.array(fc.tuple(fc.nat(80), fc.nat(255), fc.constantFrom('change', 'cut', 'insert')), { maxLength: 4 })
const hostile = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(serverPacket, edits).map(([packet, list]) => edited(peerBytes(packet), list)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
)

function edited(bytes: Uint8Array, list: readonly (readonly [number, number, string])[]): Uint8Array {
  const changed = [...bytes]
  for (const [at, value, how] of list)
    changed.splice(at % (changed.length + 1), how === 'insert' ? 0 : 1, ...(how === 'cut' ? [] : [value]))
  return Uint8Array.from(changed)
}

/** Packets that come out whole, or the error; anything else that is thrown fails the test. */
function read(bytes: Uint8Array): ServerPacket[] | CodecError {
  try {
    return [...new PacketSplitter(1_000).push(bytes)].map(readPacket)
  } catch (error) {
    if (error instanceof CodecError) return error
    throw error
  }
}

function check<T>(property: fc.IProperty<T>): void {
  const before = heap()
  process.stdout.write(`fuzz: ${runs} inputs, seed ${seed}\n`)
  fc.assert(property, { numRuns: runs, seed, endOnFailure: true })
  expect(heap() - before).toBeLessThan(heapGrowthBytes)
}

function heap(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

it('reads any bytes as packets that mean the same when the other codec writes them, or says by a typed error why not', () => {
  let packets = 0
  let errors = 0
  check(
    fc.property(hostile, (bytes) => {
      const result = read(bytes)
      if (result instanceof CodecError) {
        errors += 1
        expect(result.reasonCode).toBeGreaterThanOrEqual(0x81)
        return
      }
      packets += result.length
      for (const packet of result) expect(read(peerBytes(packet))).toEqual([packet])
    }),
  )
  // Both happen often, or this tests nothing.
  expect(Math.min(packets, errors)).toBeGreaterThan(runs / 10)
}, 180_000)

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('', '\0', '\ud800', 'a/#', '+'))
const anyNumber = fc.oneof(fc.integer(), fc.constantFrom(-1, 0, 0.5, 65_535, 65_536, Number.NaN, 2 ** 32))
const spoiled = fc.tuple(
  clientPacket,
  fc.constantFrom('id', 'topic', 'filters', 'clientId', 'qos', 'keepAliveSeconds', 'properties', 'none'),
  anyText,
  anyNumber,
)

it('writes any packet as one that the other codec reads the same, or says by a typed error why not', () => {
  let written = 0
  check(
    fc.property(spoiled, ([packet, field, text, number]) => {
      const wanted = spoil(packet, field, text, number)
      try {
        const bytes = writePacket(wanted)
        written += 1
        expect(peerRead(bytes)).toMatchObject({ cmd: toPeer(wanted).cmd })
      } catch (error) {
        if (!(error instanceof CodecError)) throw error
        expect(error.code).toBe('unwritable_value')
      }
    }),
  )
  expect(written).toBeGreaterThan(runs / 10)
}, 180_000)

function spoil(packet: ClientPacket, field: string, text: string, number: number): ClientPacket {
  if (!(field in packet)) return packet
  const value =
    { topic: text, clientId: text, filters: [text], properties: { receiveMaximum: number } }[field] ?? number
  return { ...packet, [field]: value }
}
