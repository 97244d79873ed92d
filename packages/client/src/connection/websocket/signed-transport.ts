import { presignedPath } from '../../sigv4/presigned-path.js'
import { hostHeader } from '../endpoint.js'
import type { TransportOptions } from '../transport.js'
import type { OpenSocket } from './socket.js'
import { WebSocketTransport } from './websocket-transport.js'

/** The parts of the platform that the transport needs. */
export interface WebSocketPlatform {
  readonly openSocket: OpenSocket
  /** Maximum delay of timers, in milliseconds. */
  readonly timersLateMs?: number
}

/** MQTT 5 over the platform's WebSocket; each attempt is signed with current credentials. */
export function signedTransport(options: TransportOptions, platform: WebSocketPlatform): WebSocketTransport {
  return new WebSocketTransport({ ...options, ...platform, address: () => signedAddress(options) })
}

/** The URL of the next attempt, once it may be made. Contains the session token: never log it. */
async function signedAddress(options: TransportOptions): Promise<string> {
  const { handshake, region, plain } = options
  const host = hostHeader(options)
  const path = await handshake.sign((identity) => {
    const date = new Date(Date.now() + identity.clockOffset)
    return presignedPath({ ...identity, region, date }, host)
  })
  return `${plain ? 'ws' : 'wss'}://${host}${path}`
}
