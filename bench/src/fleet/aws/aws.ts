import type { VirtualClock } from '../virtual-clock.js'
import { Quota } from './quota.js'

/** The AWS services that a fleet calls, reduced to their quotas. */
export class Aws {
  /** HTTP APIs of an account, https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
  readonly api = new Quota({ name: 'API Gateway', perSecond: 10_000, burst: 5_000 })
  readonly lambda = new Concurrency(1_000)
  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html. The model has no other callers in the account. */
  readonly sts = new Quota({ name: 'STS', perSecond: 600, burst: 600 })
  /** https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
  readonly connect = new Quota({ name: 'IoT CONNECT', perSecond: 500, burst: 500 })
  readonly subscribe = new Quota({ name: 'IoT SUBSCRIBE', perSecond: 500, burst: 500 })
}

/** Lambda's limit: the number of concurrent executions. */
class Concurrency {
  readonly limit: number
  busy = 0
  peak = 0
  requests = 0
  rejected = 0

  constructor(limit: number) {
    this.limit = limit
  }

  enter(): boolean {
    this.requests += 1
    if (this.busy >= this.limit) {
      this.rejected += 1
      return false
    }
    this.busy += 1
    this.peak = Math.max(this.peak, this.busy)
    return true
  }

  leave(): void {
    this.busy -= 1
  }
}

/** Network latency in one direction, in milliseconds. */
export const oneWayMs = 30
/** Duration inside the function before and after its STS call. About 100 ms in total. */
const beforeStsMs = 40
const afterStsMs = 60
/** The function's STS client: three attempts; a throttled one is repeated after up to 500 ms, then 1 s (the SDK's standard mode). */
const stsTries = 3
const stsRetryMs = 500

const phases = { idle: 0, toApi: 1, toSts: 2, fromSts: 3, answered: 4 } as const

/** The deployed credential vendor: API Gateway, function, STS. At most one request per slot at a time. */
export class VendingService {
  readonly #aws: Aws
  readonly #clock: VirtualClock
  readonly #random: () => number
  readonly #phase: Uint8Array
  readonly #tries: Uint8Array
  readonly #status: Uint16Array

  constructor(aws: Aws, clock: VirtualClock, random: () => number, slots: number) {
    this.#aws = aws
    this.#clock = clock
    this.#random = random
    this.#phase = new Uint8Array(slots)
    this.#tries = new Uint8Array(slots)
    this.#status = new Uint16Array(slots)
  }

  /** Sends a request. Until it ends, the slot's timer belongs to the request and must be passed to `step`. */
  send(slot: number): void {
    this.#phase[slot] = phases.toApi
    this.#clock.set(slot, oneWayMs)
  }

  /** True while a request of this slot is in progress. */
  busy(slot: number): boolean {
    return this.#phase[slot] !== phases.idle
  }

  /** Performs the next step of a request whose timer has fired. Returns the HTTP status when the response has arrived. */
  step(slot: number): number | undefined {
    switch (this.#phase[slot]) {
      case phases.toApi:
        this.#enter(slot)
        return undefined
      case phases.toSts:
        this.#askSts(slot)
        return undefined
      case phases.fromSts:
        this.#aws.lambda.leave()
        this.#answer(slot, this.#status[slot] ?? 0)
        return undefined
      default:
        this.#phase[slot] = phases.idle
        return this.#status[slot]
    }
  }

  #enter(slot: number): void {
    if (!this.#aws.api.take(this.#clock.now)) {
      this.#answer(slot, 429)
    } else if (!this.#aws.lambda.enter()) {
      this.#answer(slot, 503)
    } else {
      this.#tries[slot] = 0
      this.#phase[slot] = phases.toSts
      this.#clock.set(slot, beforeStsMs)
    }
  }

  #askSts(slot: number): void {
    const granted = this.#aws.sts.take(this.#clock.now)
    const tries = (this.#tries[slot] ?? 0) + 1
    this.#tries[slot] = tries
    if (granted || tries === stsTries) {
      this.#status[slot] = granted ? 200 : 429
      this.#phase[slot] = phases.fromSts
      this.#clock.set(slot, afterStsMs)
    } else {
      this.#clock.set(slot, this.#random() * stsRetryMs * 2 ** (tries - 1))
    }
  }

  #answer(slot: number, status: number): void {
    this.#status[slot] = status
    this.#phase[slot] = phases.answered
    this.#clock.set(slot, oneWayMs)
  }
}
