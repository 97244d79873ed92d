import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import { type BrokerSide, ScriptedBroker } from '../../testing/scripted/scripted-broker.js'
import { serverPacket, toPeer } from '../../testing/wire/mqtt-packets.js'
import { WebSocketTransport } from './websocket-transport.js'

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] })
})

afterEach(() => {
  jest.useRealTimers()
})

/** One client with a hostile broker. */
class Trial {
  readonly broker = new ScriptedBroker()
  readonly transport: WebSocketTransport
  /** Times that each operation was settled. */
  readonly settled: number[] = []
  readonly #asked: Promise<unknown>[] = []
  readonly #windows = new Map<BrokerSide, number>()
  readonly #acknowledged = new Map<BrokerSide, Set<number>>()

  constructor() {
    const { openSocket } = this.broker
    const address = async () => 'wss://broker.example/mqtt'
    const settings = { clientId: 'user:1', keepAliveSeconds: 60, connectIntervalMs: 1, resume: false, will: undefined }
    this.transport = new WebSocketTransport({ ...settings, address, openSocket })
    this.transport.on('failed', () => this.transport.start())
    this.transport.start()
  }

  ask(operation: Promise<unknown>): void {
    const number = this.#asked.length
    this.settled[number] = 0
    const settle = () => {
      this.settled[number] = (this.settled[number] ?? 0) + 1
    }
    this.#asked.push(operation.then(settle, settle))
  }

  publish(topic: string): void {
    this.ask(this.transport.publish({ topic, payload: Uint8Array.of(1), qos: 1, retain: false }))
  }

  accept(sessionPresent: boolean, receiveMaximum: number): void {
    const { last } = this.broker
    if (!this.#windows.has(last)) this.#windows.set(last, receiveMaximum)
    last.accept({ receiveMaximum }, sessionPresent)
  }

  acknowledge(messageId: number, reasonCode: number): void {
    const { last } = this.broker
    this.#acknowledged.set(last, (this.#acknowledged.get(last) ?? new Set()).add(messageId))
    last.send({ cmd: 'puback', messageId, reasonCode })
  }

  /** Checks the invariants. @returns the number of messages sent so far */
  check(): number {
    let sent = 0
    for (const side of this.broker.connections) {
      const messages = side.sent('publish')
      const ids = messages.map(({ properties }) => properties?.userProperties?.['message-id'])
      expect(new Set(ids).size).toBe(ids.length)
      const acknowledged = this.#acknowledged.get(side) ?? new Set()
      const inFlight = messages.filter(({ messageId }) => !acknowledged.has(messageId ?? 0))
      expect(inFlight.length).toBeLessThanOrEqual(this.#windows.get(side) ?? 0)
      sent += messages.length
    }
    return sent
  }

  async end(): Promise<void> {
    await this.transport.stop()
    await Promise.all(this.#asked)
    expect(this.settled.filter((times) => times !== 1)).toEqual([])
  }
}

type Step = (trial: Trial) => number | undefined

const small = fc.integer({ min: 1, max: 6 })
const reason = fc.constantFrom(0, 0x10, 0x80, 0x87, 0x97)

function step<T>(arbitrary: fc.Arbitrary<T>, act: (trial: Trial, value: T) => void): fc.Arbitrary<Step> {
  return arbitrary.map((value) => (trial: Trial) => {
    act(trial, value)
    return undefined
  })
}

const accept = step(fc.tuple(fc.boolean(), small), (trial, [present, window]) => trial.accept(present, window))
/** The steps of both sides. The broker answers correctly, wrongly, twice or too early, closes the connection, or is silent for a while. */
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: step(fc.constantFrom('a', 'b'), (trial, topic) => trial.publish(topic)) },
  { weight: 1, arbitrary: step(fc.constant('a'), (trial, filter) => trial.ask(trial.transport.subscribe(filter, 1))) },
  { weight: 4, arbitrary: accept },
  { weight: 4, arbitrary: step(fc.tuple(small, reason), (trial, [id, code]) => trial.acknowledge(id, code)) },
  {
    weight: 1,
    arbitrary: step(fc.tuple(small, reason), (trial, [messageId, code]) =>
      trial.broker.last.send({ cmd: 'suback', messageId, granted: [code] }),
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      serverPacket.filter(({ type }) => type !== 'puback' && type !== 'connack'),
      (trial, packet) => trial.broker.last.send(toPeer(packet)),
    ),
  },
  { weight: 1, arbitrary: step(fc.uint8Array({ maxLength: 12 }), (trial, bytes) => trial.broker.last.bytes(bytes)) },
  { weight: 2, arbitrary: step(fc.constant(0), (trial) => trial.broker.last.cut()) },
  { weight: 1, arbitrary: fc.constantFrom(100, 11_000, 70_000).map((ms) => () => ms) },
)

it('a hostile broker cannot make the client send a message twice over one connection, settle it twice, or exceed Receive Maximum', async () => {
  let sent = 0
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 60, size: 'max' }), accept, async (list, first) => {
      jest.clearAllTimers()
      const trial = new Trial()
      await jest.advanceTimersByTimeAsync(0)
      for (const one of [first, ...list]) {
        const ms = one(trial) ?? 0
        await jest.advanceTimersByTimeAsync(ms)
        trial.check()
      }
      sent += trial.check()
      await trial.end()
      expect(jest.getTimerCount()).toBe(0)
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 150) },
  )
  // Otherwise the property has tested nothing.
  expect(sent).toBeGreaterThan(100)
}, 120_000)
