import type { Handshake } from '../../connection/handshake.js'
import { answerOverdue, connectOverdue, Operations } from '../../connection/operations.js'
import type {
  OutgoingMessage,
  ReceivedPacket,
  Transport,
  TransportEvents,
  TransportFailure,
} from '../../connection/transport.js'
import { Emitter } from '../../support/emitter.js'
import { quotaExceeded, type ReasonCode } from '../../support/reason-codes.js'

/** The points at which a fault can occur. */
export type Point = 'connack' | 'handshake' | 'puback' | 'publish' | 'standing' | 'suback' | 'subscribe' | 'upgrade'

/** The fault: no response, an end of the connection without or with a DISCONNECT, or an exceeded quota. */
export type Fault = 'cut' | 'disconnect' | 'quota' | 'silence'

/** A broker with one client over a network that a test breaks. The client receives its own messages on topics that it subscribes to. */
export class ScriptedTransport extends Emitter<TransportEvents> implements Transport {
  readonly hidesAnswers = false
  /** The times of the CONNECTs at the broker. */
  readonly connects: number[] = []
  /** The time of the last fault. */
  lastFaultAt = 0
  readonly #handshake: Handshake
  readonly #fault: (point: Point) => Fault | undefined
  readonly #latency: () => number
  readonly #operations = new Operations<{ readonly connection: number }>()
  readonly #filters = new Set<string>()
  /** Messages for the client that are not acknowledged yet. */
  #queue: ReceivedPacket[] = []
  #hasSession = false
  #phase: 'connected' | 'idle' | 'stopped' | 'trying' = 'idle'
  #connection = 0
  #ids = 0
  #deadline: ReturnType<typeof setTimeout> | undefined

  constructor(handshake: Handshake, fault: (point: Point) => Fault | undefined, latency: () => number) {
    super()
    this.#handshake = handshake
    this.#fault = fault
    this.#latency = latency
  }

  start(): void {
    if (this.#phase !== 'idle') return
    this.#phase = 'trying'
    this.#connection += 1
    const connection = this.#connection
    this.#deadline = setTimeout(() => this.#end(connection, { name: connectOverdue, message: 'late' }), 10_000)
    this.emit('connecting')
    this.#connect(connection).catch((error: unknown) => {
      this.#end(connection, { name: 'HANDSHAKE', message: String(error) })
    })
  }

  subscribe(filter: string): Promise<ReasonCode> {
    return this.#operate('subscribe', 'suback', () => this.#filters.add(filter))
  }

  unsubscribe(filter: string): Promise<ReasonCode> {
    return this.#operate('subscribe', 'suback', () => this.#filters.delete(filter))
  }

  publish({ topic, payload, qos, retain, properties = {} }: OutgoingMessage): Promise<ReasonCode> {
    this.#ids += 1
    const id = String(this.#ids)
    return this.#operate('publish', 'puback', () => {
      if (!this.#filters.has(topic)) return
      this.#queue.push({ topic, payload, qos, retain, duplicate: false, id, properties })
      this.#deliver()
    })
  }

  async reconnect(): Promise<void> {
    if (this.#phase === 'stopped') return
    this.#idle(undefined)
    this.emit('interrupted', { name: 'RECONNECT', message: 'on request' })
    this.start()
  }

  async stop(): Promise<void> {
    this.#idle(undefined)
    this.#phase = 'stopped'
    this.removeAllListeners()
    this.#operations.abandon(new Error('stopped'))
  }

  /** Ends the established connection, if there is one. */
  break(): void {
    this.lastFaultAt = performance.now()
    this.#end(this.#connection, { name: 'CUT', message: 'cut' })
  }

  async #connect(connection: number): Promise<void> {
    await this.#handshake.sign(async () => {
      if ((await this.#met('handshake', connection)) !== 'passed') await new Promise(() => {})
      return '/mqtt'
    })
    if ((await this.#met('upgrade', connection)) !== 'passed') return
    this.connects.push(performance.now())
    if ((await this.#met('connack', connection)) !== 'passed') return
    clearTimeout(this.#deadline)
    this.#phase = 'connected'
    const sessionPresent = this.#hasSession
    this.#hasSession = true
    this.emit('connected', { sessionPresent })
    if (this.#connection !== connection) return
    const overdue = () => this.#end(connection, { name: answerOverdue, message: 'late' })
    this.#operations.opened({ connection }, overdue)
    this.#deliver()
    const fault = this.#fault('standing')
    if (fault !== undefined) setTimeout(() => this.#breakOf(fault, connection), 10 * this.#latency())
  }

  #operate(out: Point, back: Point, effect: () => unknown): Promise<ReasonCode> {
    return this.#operations.add(async ({ connection }) => {
      const lost = new Promise<never>(() => {})
      if ((await this.#met(out, connection)) !== 'passed') return lost
      effect()
      if ((await this.#met(back, connection)) !== 'passed') return lost
      return 0
    })
  }

  /** Sends the queued messages, including those that were in flight when a connection broke. */
  #deliver(): void {
    const connection = this.#connection
    for (const packet of this.#queue) {
      setTimeout(() => {
        if (connection !== this.#connection || this.#phase !== 'connected') return
        this.emit('message', packet)
        setTimeout(() => {
          if (connection === this.#connection) this.#queue = this.#queue.filter((other) => other !== packet)
        }, this.#latency())
      }, this.#latency())
    }
  }

  async #met(point: Point, connection: number): Promise<'lost' | 'passed'> {
    await new Promise<void>((resolve) => setTimeout(resolve, this.#latency()))
    if (connection !== this.#connection) return 'lost'
    const fault = this.#fault(point)
    if (fault === undefined) return 'passed'
    this.#breakOf(fault, connection)
    return 'lost'
  }

  #breakOf(fault: Fault, connection: number): void {
    if (connection !== this.#connection) return
    this.lastFaultAt = performance.now()
    if (fault === 'silence') return
    const code = fault === 'quota' ? quotaExceeded : 0x82
    const reason = fault === 'cut' || (this.#phase === 'trying' && fault !== 'quota') ? {} : { reasonCode: code }
    this.#end(connection, { name: fault.toUpperCase(), message: fault, ...reason })
  }

  #end(connection: number, failure: TransportFailure): void {
    if (connection !== this.#connection) return
    const stood = this.#phase === 'connected'
    if (!stood && this.#phase !== 'trying') return
    this.#idle(failure)
    if (stood) {
      setTimeout(() => this.start(), this.#latency())
      this.emit('interrupted', failure)
    } else {
      this.emit('failed', failure)
    }
  }

  #idle(failure: TransportFailure | undefined): void {
    clearTimeout(this.#deadline)
    this.#connection += 1
    this.#phase = 'idle'
    this.#operations.closed(failure)
  }
}
