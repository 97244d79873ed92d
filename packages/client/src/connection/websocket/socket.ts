import type { TransportFailure } from '../transport.js'

/** What a WebSocket tells, until it is closed from this side. */
export interface SocketEvents {
  opened(): void
  /** Bytes of one binary frame. */
  received(bytes: Uint8Array): void
  /** It could not be opened, or the other side or the network has ended it. The last thing that is told. */
  ended(failure: TransportFailure): void
}

/** A WebSocket that speaks `mqtt`, as a browser and Node have it. */
export interface Socket {
  /** Once it is open. */
  send(bytes: Uint8Array): void
  /** Ends it from this side: nothing is told any more. Resolves when what was sent is out, within a second. */
  close(): Promise<void>
}

/** @param url with the session token in it: not for logs */
export type OpenSocket = (url: string, events: SocketEvents) => Socket
