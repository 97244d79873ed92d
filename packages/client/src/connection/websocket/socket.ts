import type { TransportFailure } from '../transport.js'

/** The events of a WebSocket, until this side closes it. */
export interface SocketEvents {
  opened(): void
  /** The bytes of one binary frame. */
  received(bytes: Uint8Array): void
  /** It could not be opened, or the other side or the network ended it. The last event. */
  ended(failure: TransportFailure): void
}

/** A WebSocket with the subprotocol `mqtt`, in a browser or in Node. */
export interface Socket {
  /** Only allowed after it is open. */
  send(bytes: Uint8Array): void
  /** Closes it from this side, without further events. Resolves when all data has been sent, within a second. */
  close(): Promise<void>
}

/** @param url contains the session token: never log it */
export type OpenSocket = (url: string, events: SocketEvents) => Socket
