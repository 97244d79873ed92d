import type { VirtualClock } from '../virtual-clock.js'
import { type Aws, oneWayMs } from './aws.js'

const phases = { idle: 0, connect: 1, connack: 2, refused: 3, subscribe: 4, suback: 5 } as const

/** Delay before the client's program retries a throttled SUBSCRIBE. */
const subscribeAgainMs = 2_000

/** AWS IoT Core from the perspective of a connecting client: CONNECT, and SUBSCRIBE if no session is resumed. */
export class Broker {
  readonly #aws: Aws
  readonly #clock: VirtualClock
  readonly #random: () => number
  readonly #phase: Uint8Array
  /** Number of topic filters per client; 0 if its session is resumed. */
  readonly #filters: 0 | 1

  constructor(aws: Aws, clock: VirtualClock, random: () => number, slots: number, filters: 0 | 1) {
    this.#aws = aws
    this.#clock = clock
    this.#random = random
    this.#phase = new Uint8Array(slots)
    this.#filters = filters
  }

  /** Sends CONNECT after a delay. Until it ends, the slot's timer belongs to the connection and must be passed to `step`. */
  connect(slot: number, delayMs: number): void {
    this.#go(slot, phases.connect, delayMs + oneWayMs)
  }

  busy(slot: number): boolean {
    return this.#phase[slot] !== phases.idle
  }

  /** Performs the next step of a client whose timer has fired. Returns the result when it is connected or refused. */
  step(slot: number): 'connected' | 'throttled' | undefined {
    const { now } = this.#clock
    switch (this.#phase[slot]) {
      case phases.connect:
        return this.#go(slot, this.#aws.connect.take(now) ? phases.connack : phases.refused, oneWayMs)
      case phases.connack:
        if (this.#filters === 0) return this.#end(slot, 'connected')
        return this.#go(slot, phases.subscribe, oneWayMs)
      case phases.subscribe:
        if (this.#aws.subscribe.take(now)) return this.#go(slot, phases.suback, oneWayMs)
        return this.#go(slot, phases.subscribe, 2 * oneWayMs + this.#random() * subscribeAgainMs)
      case phases.suback:
        return this.#end(slot, 'connected')
      default:
        return this.#end(slot, 'throttled')
    }
  }

  #go(slot: number, phase: number, delayMs: number): undefined {
    this.#phase[slot] = phase
    this.#clock.set(slot, delayMs)
  }

  #end<Outcome>(slot: number, outcome: Outcome): Outcome {
    this.#phase[slot] = phases.idle
    return outcome
  }
}
