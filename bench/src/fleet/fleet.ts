import { Aws, VendingService } from './aws/aws.js'
import { Broker } from './aws/broker.js'
import { Series } from './aws/series.js'
import { seeded } from './random.js'
import { type FleetResult, quotaUse } from './results/result.js'
import { VirtualClock } from './virtual-clock.js'

/** What happens to all clients at time 0, or continuously. */
export interface Scenario {
  readonly clients: number
  /**
   * - `cold`: no client has credentials or a session; each subscribes to one filter.
   * - `fresh`: all connections break at once; credentials are up to ten minutes old; sessions are resumed.
   * - `stale`: the same after a day, when all credentials have expired.
   * - `steady`: all clients are connected; each connection breaks at random times, every half hour on average.
   */
  readonly start: 'cold' | 'fresh' | 'stale' | 'steady'
  readonly seed: number
  /** Duration in virtual milliseconds. */
  readonly untilMs: number
}

/** TLS and WebSocket: 100 to 200 ms before CONNECT can be sent. */
const openMs = 100
const cutMeanMs = 1_800_000

/** Clients of one kind and the simulated AWS. Subclasses implement the clients' decisions. */
export abstract class Fleet {
  readonly scenario: Scenario
  readonly aws = new Aws()
  readonly clock: VirtualClock
  protected readonly random: () => number
  protected readonly vending: VendingService
  protected readonly broker: Broker
  readonly #slotsPerClient: number
  readonly #connected = new Series()
  readonly #connectedAt: Uint32Array

  constructor(scenario: Scenario, slotsPerClient: number) {
    const slots = scenario.clients * slotsPerClient
    this.scenario = scenario
    this.#slotsPerClient = slotsPerClient
    this.random = seeded(scenario.seed)
    this.clock = new VirtualClock(slots)
    this.vending = new VendingService(this.aws, this.clock, this.random, slots)
    this.broker = new Broker(this.aws, this.clock, this.random, slots, scenario.start === 'cold' ? 1 : 0)
    this.#connectedAt = new Uint32Array(scenario.clients)
  }

  async run(): Promise<FleetResult> {
    await this.prepare()
    for (let client = 0; client < this.scenario.clients; client++) this.begin(client)
    await settled()
    while (this.clock.advance(this.scenario.untilMs)) {
      for (let slot = this.clock.take(); slot !== undefined; slot = this.clock.take()) this.fire(slot)
      // All promise callbacks of this instant run before the virtual time advances.
      if (this.usesPromises) await settled()
    }
    const { api, lambda, sts, connect, subscribe } = this.aws
    return {
      clients: this.scenario.clients,
      secondsTo: { half: this.#secondsTo(0.5), most: this.#secondsTo(0.95), all: this.#secondsTo(1) },
      api: quotaUse(api),
      sts: quotaUse(sts),
      connect: quotaUse(connect),
      subscribe: quotaUse(subscribe),
      lambdaRejected: lambda.rejected,
      connected: this.#connected.counts(),
    }
  }

  /** The time at which this share of the fleet was connected. */
  #secondsTo(share: number): number | undefined {
    const last = Math.ceil(share * this.scenario.clients) - 1
    return last < this.#connected.total ? (this.#connectedAt[last] ?? 0) / 1000 : undefined
  }

  protected abstract readonly usesPromises: boolean
  protected abstract prepare(): Promise<void>
  protected abstract begin(client: number): void
  /** Called when a timer fires. */
  protected abstract fire(slot: number): void

  /** The duration of opening a connection, in milliseconds. */
  protected opening(): number {
    return openMs * (1 + this.random())
  }

  /** The duration of a connection, in milliseconds. */
  protected standing(): number {
    return -Math.log(1 - this.random()) * cutMeanMs
  }

  protected countConnected(): void {
    const { total } = this.#connected
    if (total < this.#connectedAt.length) this.#connectedAt[total] = this.clock.now
    this.#connected.add(this.clock.now)
  }

  protected clientOf(slot: number): number {
    return Math.floor(slot / this.#slotsPerClient)
  }
}

/** Resolves when the microtask queue is empty. It avoids a turn of the event loop, which would take most of the time. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}
