import {
  firstReconnectMs,
  fromSource,
  Reconnection,
  type Setback,
  type Vended,
  type VendedCredentialsProvider,
} from '@topic-credentials/client/simulation'
import { Fleet, type Scenario } from './fleet.js'
import { busyVendor, epoch, lifetimeMs, vendedAt } from './vendor-answers.js'

const timers = { connection: 0, vend: 1, patience: 2 } as const
const phases = { pausing: 0, opening: 1, standing: 2, first: 3 } as const

/** Maximum age of the credentials when all connections break in scenario `fresh`. */
const freshMs = 600_000
/** AWS IoT accepts one CONNECT per second from a client ID; the handshake waits accordingly. */
const minConnectIntervalMs = 1_000
/** Maximum time that an open connection waits for credentials, as in the handshake. */
const patienceMs = 10_000
/** A program whose `connect` failed is restarted within this time. */
const restartMs = 60_000

/** A fleet of this project's clients: each has the real credentials cache and the real reconnection, with virtual time. */
export class OurFleet extends Fleet {
  protected readonly usesPromises = true
  readonly #spreadSeconds: number | undefined
  readonly #providers: VendedCredentialsProvider[] = []
  readonly #reconnections: Reconnection[] = []
  /** Continuations after a client's delay: of its connection and of its provider. */
  readonly #resume: ((() => void) | undefined)[] = []
  readonly #vends: (PromiseSettlers<Vended> | undefined)[] = []
  readonly #phase: Uint8Array
  readonly #handshakes: Uint16Array
  readonly #connectAt: Float64Array
  /** Age of the cached credentials at the start of the scenario. */
  #age: number | undefined
  /** Number of restarts of programs. */
  restarts = 0

  constructor(scenario: Scenario, spreadSeconds?: number) {
    super(scenario, 3)
    this.#spreadSeconds = spreadSeconds
    this.#phase = new Uint8Array(scenario.clients)
    this.#handshakes = new Uint16Array(scenario.clients)
    this.#connectAt = new Float64Array(scenario.clients).fill(Number.NEGATIVE_INFINITY)
  }

  protected async prepare(): Promise<void> {
    const { clients, start } = this.scenario
    for (let client = 0; client < clients; client++) this.#add(client)
    if (start === 'cold') return
    for (const provider of this.#providers) {
      this.#age = start === 'stale' ? lifetimeMs : this.random() * (start === 'fresh' ? freshMs : 0.8 * lifetimeMs)
      await provider()
    }
    this.#age = undefined
  }

  protected begin(client: number): void {
    const { start } = this.scenario
    if (start === 'cold') {
      this.#startProgram(client)
    } else if (start === 'steady') {
      this.#set(client, phases.standing, this.standing())
    } else {
      this.#lose(client)
    }
  }

  protected fire(slot: number): void {
    const client = this.clientOf(slot)
    const timer = slot % 3
    if (timer === timers.vend && this.vending.busy(slot)) {
      this.#onVend(client, slot)
    } else if (timer === timers.vend) {
      this.#resume[slot]?.()
    } else if (timer === timers.patience) {
      this.#onImpatience(client)
    } else if (this.broker.busy(slot)) {
      this.#onBroker(client, slot)
    } else {
      this.#onConnectionTimer(client, slot)
    }
  }

  #add(client: number): void {
    const { random } = this
    const vendSlot = 3 * client + timers.vend
    const provider = fromSource(
      {
        vend: () =>
          this.#age === undefined ? this.#send(client, vendSlot) : Promise.resolve(this.#vended(client, this.#age)),
        close: () => {},
      },
      this.#spreadSeconds === undefined ? {} : { spreadSeconds: this.#spreadSeconds },
      {
        random,
        now: () => epoch + this.clock.now - (this.#age ?? 0),
        pause: (ms) => this.#pause(vendSlot, ms),
      },
    )
    const prepare = async () => {
      await provider()
    }
    this.#providers.push(provider)
    this.#reconnections.push(
      new Reconnection({
        transport: { start: () => this.#set(client, phases.opening, this.opening()) },
        handshake: { prepare },
        spreadMs: this.#spreadSeconds === undefined ? undefined : this.#spreadSeconds * 1000,
        connectIntervalMs: minConnectIntervalMs,
        closing: never,
        random,
        pause: (ms) => {
          this.#phase[client] = phases.pausing
          return this.#pause(3 * client, ms)
        },
      }),
    )
  }

  #pause(slot: number, ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#resume[slot] = resolve
      this.clock.set(slot, ms)
    })
  }

  #set(client: number, phase: number, delayMs: number): void {
    this.#phase[client] = phase
    this.clock.set(3 * client, delayMs)
  }

  /** Calls `connect`, and restarts the program if it fails. */
  #startProgram(client: number): void {
    this.#providers[client]?.().then(
      () => this.#set(client, phases.opening, this.opening()),
      () => {
        this.restarts += 1
        this.#pause(3 * client, this.random() * restartMs).then(() => this.#startProgram(client))
      },
    )
  }

  /** The connection breaks, and the SDK makes the first attempt. */
  #lose(client: number): void {
    this.#set(client, phases.first, this.random() * firstReconnectMs)
  }

  #onConnectionTimer(client: number, slot: number): void {
    const phase = this.#phase[client]
    if (phase === phases.pausing) {
      this.#resume[slot]?.()
    } else if (phase === phases.first) {
      this.#set(client, phases.opening, this.opening())
    } else if (phase === phases.standing) {
      this.#lose(client)
    } else {
      this.#handshake(client)
    }
  }

  /** The SDK's handshake hook: the connection is open and waits for credentials. */
  #handshake(client: number): void {
    const handshake = (this.#handshakes[client] ?? 0) + 1
    this.#handshakes[client] = handshake
    const patience = 3 * client + timers.patience
    this.clock.set(patience, patienceMs)
    const inTime = () => {
      if (this.#handshakes[client] !== handshake) return false
      this.clock.cancel(patience)
      return true
    }
    this.#providers[client]?.().then(
      () => {
        if (!inTime()) return
        const { now } = this.clock
        const wait = Math.max(0, (this.#connectAt[client] ?? 0) + minConnectIntervalMs - now)
        this.#connectAt[client] = now + wait
        this.broker.connect(3 * client, wait)
      },
      (error: unknown) => {
        if (inTime()) this.#setBack(client, setbackOf(error))
      },
    )
  }

  #onImpatience(client: number): void {
    this.#handshakes[client] = (this.#handshakes[client] ?? 0) + 1
    this.#setBack(client, 'failed')
  }

  #setBack(client: number, setback: Setback): void {
    this.#reconnections[client]?.attempt(setback).catch((error: unknown) => this.#setBack(client, setbackOf(error)))
  }

  #onBroker(client: number, slot: number): void {
    const outcome = this.broker.step(slot)
    if (outcome === 'throttled') this.#setBack(client, 'throttled')
    if (outcome !== 'connected') return
    this.countConnected()
    this.#reconnections[client]?.succeeded()
    if (this.scenario.start === 'steady') this.#set(client, phases.standing, this.standing())
  }

  #send(client: number, slot: number): Promise<Vended> {
    this.vending.send(slot)
    return new Promise((resolve, reject) => {
      this.#vends[client] = { resolve, reject }
    })
  }

  #onVend(client: number, slot: number): void {
    const status = this.vending.step(slot)
    if (status === undefined) return
    const vend = this.#vends[client]
    this.#vends[client] = undefined
    if (status === 200) {
      vend?.resolve(this.#vended(client, 0))
    } else {
      vend?.reject(busyVendor(status))
    }
  }

  #vended(client: number, age: number): Vended {
    return vendedAt(client, epoch + this.clock.now - age)
  }
}

interface PromiseSettlers<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

const never = new AbortController().signal

/** Classifies errors as the session does. */
function setbackOf(error: unknown): Setback {
  return error instanceof Error && 'throttled' in error && error.throttled === true ? 'throttled' : 'failed'
}
