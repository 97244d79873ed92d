import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { now } from '../measure/now.js'

/** When the broker observed the steps that a client does not report. */
export interface ServerMoments {
  accepted: number
  secure?: number
  upgrade?: number
}

/**
 * Observes the TCP connections to one port of this process; only the one that became a WebSocket is recorded.
 *
 * @returns the times of the last such connection, and a function that stops the observation
 */
export function watchServer(port: number): { last(): ServerMoments | undefined; stop(): void } {
  const byPort = new Map<number | undefined, ServerMoments>()
  const watched = new WeakSet<Server>()
  let last: ServerMoments | undefined
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket & { server?: Server } }
    if (socket.localPort !== port) return
    byPort.set(socket.remotePort, { accepted: now() })
    const { server } = socket
    if (server === undefined || watched.has(server)) return
    watched.add(server)
    server.prependListener('secureConnection', ({ remotePort }: TLSSocket) => {
      const moments = byPort.get(remotePort)
      if (moments !== undefined) moments.secure = now()
    })
    server.prependListener('upgrade', ({ socket: { remotePort } }) => {
      last = byPort.get(remotePort)
      byPort.clear()
      if (last !== undefined) last.upgrade = now()
    })
  }
  subscribe('net.server.socket', onSocket)
  return { last: () => last, stop: () => unsubscribe('net.server.socket', onSocket) }
}
