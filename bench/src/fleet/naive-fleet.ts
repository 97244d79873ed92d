import { Fleet, type Scenario } from './fleet.js'

/** A client as written without this project. */
export interface NaiveClient {
  readonly name: string
  /** Wait before attempt `attempt` (1: the first after the connection broke), in milliseconds. */
  readonly wait: (attempt: number, random: number) => number
  /** Whether it requests new credentials before each attempt to connect, or keeps its credentials. */
  readonly vendsPerConnect: boolean
}

function jittered(minimumMs: number, maximumMs: number) {
  return (attempt: number, random: number) => random * Math.min(maximumMs, minimumMs * 2 ** Math.min(attempt - 1, 20))
}

export type NaiveName = 'faster' | 'fixed' | 'sdk' | 'vend'

export const naiveClients: Readonly<Record<NaiveName, NaiveClient>> = {
  sdk: { name: 'device SDK, its default pauses (1 to 120 s)', wait: jittered(1_000, 120_000), vendsPerConnect: false },
  vend: { name: 'the same, vending at each attempt', wait: jittered(1_000, 120_000), vendsPerConnect: true },
  fixed: { name: 'again after 1 s, each time', wait: () => 1_000, vendsPerConnect: false },
  /** The delays of this client before it had its own reconnection. */
  faster: { name: 'device SDK, pauses of 0.1 to 60 s', wait: jittered(100, 60_000), vendsPerConnect: false },
}

const phases = { waiting: 0, standing: 1 } as const

/** A fleet of naive clients: one timer and a few numbers for each. */
export class NaiveFleet extends Fleet {
  protected readonly usesPromises = false
  readonly #client: NaiveClient
  readonly #phase: Uint8Array
  readonly #attempts: Uint16Array
  /** Whether the client has credentials. After a cold start, each client requests them at least once. */
  readonly #holds: Uint8Array

  constructor(client: NaiveClient, scenario: Scenario) {
    super(scenario, 1)
    this.#client = client
    this.#phase = new Uint8Array(scenario.clients)
    this.#attempts = new Uint16Array(scenario.clients)
    this.#holds = new Uint8Array(scenario.clients).fill(scenario.start === 'cold' ? 0 : 1)
  }

  protected async prepare(): Promise<void> {}

  protected begin(client: number): void {
    const { start } = this.scenario
    if (start === 'steady') {
      this.#stand(client)
    } else if (start === 'cold') {
      this.#attempt(client)
    } else {
      this.#wait(client)
    }
  }

  protected fire(client: number): void {
    if (this.vending.busy(client)) {
      this.#onVend(client)
    } else if (this.broker.busy(client)) {
      this.#onBroker(client)
    } else if (this.#phase[client] === phases.standing) {
      this.#wait(client)
    } else {
      this.#attempt(client)
    }
  }

  #onVend(client: number): void {
    const status = this.vending.step(client)
    if (status === 200) {
      this.#open(client)
    } else if (status !== undefined) {
      this.#wait(client)
    }
  }

  #onBroker(client: number): void {
    const outcome = this.broker.step(client)
    if (outcome === 'throttled') this.#wait(client)
    if (outcome !== 'connected') return
    this.countConnected()
    this.#attempts[client] = 0
    if (this.scenario.start === 'steady') this.#stand(client)
  }

  #stand(client: number): void {
    this.#phase[client] = phases.standing
    this.clock.set(client, this.standing())
  }

  #wait(client: number): void {
    const attempt = (this.#attempts[client] ?? 0) + 1
    this.#attempts[client] = attempt
    this.#phase[client] = phases.waiting
    this.clock.set(client, this.#client.wait(attempt, this.random()))
  }

  #attempt(client: number): void {
    if (this.#client.vendsPerConnect || this.#holds[client] === 0) {
      this.vending.send(client)
    } else {
      this.#open(client)
    }
  }

  #open(client: number): void {
    this.#holds[client] = 1
    this.broker.connect(client, this.opening())
  }
}
