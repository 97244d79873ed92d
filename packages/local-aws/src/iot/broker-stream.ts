import { Duplex } from 'node:stream'
import { FrameSplitter } from './frames.js'

/** What the connection does with the broker's side of it. */
export interface StreamOwner {
  /** Packets from the broker, whole and in order; `done` when the client can take more. */
  fromBroker(frames: Buffer[], done: () => void): void
  /** The broker can take more. */
  brokerReads(): void
  /** The stream is over, by either side. */
  streamClosed(error: Error | null): void
}

/** The stream that the broker takes for its client's socket. */
export class BrokerStream<Owner extends StreamOwner> extends Duplex {
  readonly owner: Owner
  readonly #splitter = new FrameSplitter()

  constructor(owner: Owner) {
    super({ allowHalfOpen: false })
    this.owner = owner
  }

  override _read(): void {
    this.owner.brokerReads()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.owner.fromBroker(this.#splitter.push(chunk), done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.owner.fromBroker(this.#splitter.push(Buffer.concat(chunks.map(({ chunk }) => chunk))), done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.owner.streamClosed(error)
    done(error)
  }
}
