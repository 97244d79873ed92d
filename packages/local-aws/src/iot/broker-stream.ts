import { Duplex } from 'node:stream'
import type { Packet } from 'mqtt-packet'
import { FrameSplitter } from './frames.js'

/** What the connection does with the broker's side of it. */
export interface StreamOwner {
  /** Packets from the broker, whole and in order. */
  fromBroker(frames: Buffer[]): void
  /** The broker has done with all packets that it was given. */
  brokerReads(): void
  /** The stream is over, by either side. */
  streamClosed(error: Error | null): void
}

/** What we use of aedes' client and has no types. */
interface BrokerClient {
  /** Its parser hands over what it read by this event. */
  readonly _parser: { emit(event: 'packet', packet: Packet): boolean }
  will: unknown
}

/** Packets that may wait for the broker before the client is told to wait. */
const ROOM = 64

/**
 * The stream that the broker takes for its client's socket. It carries packets, not bytes: what the client sent is read
 * already, and is given to aedes where its own parser would give it; what aedes writes, field by field, is put together
 * until it uncorks. So neither side pays for a stream's buffers.
 */
export class BrokerStream<Owner extends StreamOwner> extends Duplex {
  readonly owner: Owner
  /** Set by aedes. */
  readonly client: BrokerClient | undefined
  readonly #splitter = new FrameSplitter()
  #inbox: Packet[] = []
  #busy = false
  #giving = false
  #fields: Buffer[] = []
  #corked = 0

  constructor(owner: Owner) {
    super({ allowHalfOpen: false })
    this.owner = owner
  }

  /** Gives the broker a packet, after those before it. False when the client should wait. */
  give(packet: Packet): boolean {
    this.#inbox.push(packet)
    if (!this.#busy) this.emit('readable')
    return this.#inbox.length < ROOM
  }

  /** aedes reads when it is told that there is something, and when it has done with what it got. */
  override read(size?: number | null): null {
    if (size === 0) return null // Node.js itself, on the first listener
    this.#busy = false
    if (this.#giving) return null
    this.#giving = true
    try {
      while (!this.#busy && this.#inbox.length > 0) {
        this.#busy = true
        const batch = this.#inbox
        this.#inbox = []
        for (const packet of batch) this.client?._parser.emit('packet', packet)
      }
    } finally {
      this.#giving = false
    }
    if (!this.#busy) this.owner.brokerReads()
    return null
  }

  /** A field of a packet, or all of it. Always true: aedes would let every publisher wait for the slowest subscriber. */
  override write(field: Buffer | string, encoding?: unknown): boolean {
    if (typeof field !== 'string' && !Buffer.isBuffer(field)) {
      // Half a packet is written by now: nothing that follows would be read.
      this.destroy(new TypeError(`The broker wrote ${String(field)} in place of bytes.`))
      return true
    }
    this.#fields.push(typeof field === 'string' ? Buffer.from(field, encoding as BufferEncoding) : field)
    if (this.#corked === 0) this.#send()
    return true
  }

  override cork(): void {
    this.#corked += 1
  }

  override uncork(): void {
    this.#corked -= 1
    if (this.#corked === 0) this.#send()
  }

  #send(): void {
    if (this.#fields.length === 0 || this.destroyed) return
    const frames = this.#splitter.push(Buffer.concat(this.#fields))
    this.#fields = []
    this.owner.fromBroker(frames)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.owner.streamClosed(error)
    done(error)
  }
}
