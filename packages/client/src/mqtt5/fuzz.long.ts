import { isDeepStrictEqual } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { clientPacket, peerBytes, peerRead, serverPacket, toPeer } from '../testing/wire/mqtt-packets.js'
import { type ClientPacket, CodecError, PacketSplitter, readPacket, type ServerPacket, writePacket } from './index.js'

const inputs = 100_000
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fffffff)
/** Maximum growth of the heap: a leak of a few hundred bytes per input exceeds it. */
const heapGrowthBytes = 32 * 1024 * 1024

/** Random numbers below a bound, reproducible with the seed (xorshift). fast-check's generator would take most of the time. */
function numbers(): (bound: number) => number {
  let state = (seed | 1) >>> 0
  return (bound) => {
    state ^= state << 13
    state ^= state >>> 17
    state = (state ^ (state << 5)) >>> 0
    return state % bound
  }
}

/** Changes, removes and inserts bytes: the result is similar enough to packets to reach every field. One in ten is random. */
function spoiledBytes(bytes: Uint8Array, random: (bound: number) => number): Uint8Array {
  if (random(10) === 0) return Uint8Array.from({ length: random(60) }, () => random(256))
  const changed = [...bytes]
  for (let edits = random(5); edits > 0; edits--) {
    const how = random(3)
    changed.splice(random(changed.length + 1), how === 0 ? 0 : 1, ...(how === 1 ? [] : [random(256)]))
  }
  return Uint8Array.from(changed)
}

/** The complete packets, or the codec's error. Any other exception fails the test. */
function read(bytes: Uint8Array): ServerPacket[] | CodecError {
  try {
    return [...new PacketSplitter(1_000).push(bytes)].map(readPacket)
  } catch (error) {
    if (error instanceof CodecError) return error
    throw error
  }
}

function heap(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

function campaign(subject: string, one: (random: (bound: number) => number) => void): void {
  const random = numbers()
  const before = heap()
  const began = performance.now()
  for (let input = 0; input < inputs; input++) one(random)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`fuzz: ${subject}: ${inputs} inputs in ${seconds} s, seed ${seed}\n`)
  expect(heap() - before).toBeLessThan(heapGrowthBytes)
}

it('the reader returns packets that the other codec writes with the same meaning, or throws a typed error', () => {
  const pool = fc.sample(serverPacket, { numRuns: 1_000, seed }).map(peerBytes)
  let packets = 0
  let errors = 0
  campaign('reader', (random) => {
    const bytes = spoiledBytes(pool[random(pool.length)] ?? new Uint8Array(), random)
    const result = read(bytes)
    if (result instanceof CodecError) {
      errors += result.reasonCode >= 0x81 ? 1 : 0
      return
    }
    packets += result.length
    for (const packet of result) {
      if (isDeepStrictEqual(read(peerBytes(packet)), [packet])) continue
      throw new Error(`${Buffer.from(bytes).toString('hex')} is read as ${JSON.stringify(packet)}`)
    }
  })
  // Both must be frequent, otherwise the test proves nothing.
  expect(Math.min(packets, errors)).toBeGreaterThan(inputs / 10)
}, 120_000)

const texts = ['', '\0', '\ud800', 'a/#', '+', 'a', '\u{1f600}', 'a'.repeat(70_000)]
const values = [-1, 0, 0.5, 1, 2, 65_535, 65_536, Number.NaN, 2 ** 32]
const fields = ['id', 'topic', 'filters', 'subscriptions', 'clientId', 'qos', 'keepAliveSeconds', 'properties', 'none']

it('the writer writes packets that the other codec reads as the same type, or throws a typed error', () => {
  const pool = fc.sample(clientPacket, { numRuns: 1_000, seed })
  let written = 0
  let errors = 0
  campaign('writer', (random) => {
    const packet = spoiledPacket(pool[random(pool.length)] ?? { type: 'pingreq' }, random)
    try {
      const bytes = writePacket(packet)
      written += 1
      if (peerRead(bytes)?.cmd === toPeer(packet).cmd) return
    } catch (error) {
      errors += 1
      if (error instanceof CodecError && error.code === 'unwritable_value') return
      throw error
    }
    throw new Error(`mqtt-packet does not read ${JSON.stringify(packet)}`)
  })
  expect(Math.min(written, errors)).toBeGreaterThan(inputs / 10)
}, 120_000)

function spoiledPacket(packet: ClientPacket, random: (bound: number) => number): ClientPacket {
  const field = fields[random(fields.length)] ?? 'none'
  if (!(field in packet)) return packet
  const text = texts[random(texts.length)] ?? ''
  const number = values[random(values.length)] ?? 0
  const spoiled: Record<string, unknown> = {
    topic: text,
    clientId: text,
    filters: random(2) === 0 ? [] : [text],
    subscriptions: [{ filter: text, qos: number }],
    properties: random(2) === 0 ? { receiveMaximum: number } : { reasonString: text, userProperties: [[text, 'x']] },
  }
  return { ...packet, [field]: field in spoiled ? spoiled[field] : number }
}
