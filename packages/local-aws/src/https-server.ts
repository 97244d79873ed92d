import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Server as NetServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TlsMaterial } from './tls.js'

/** A server on 127.0.0.1 with the stand-in's certificate. */
export interface HttpsServer extends AsyncDisposable {
  /** `https://localhost:8443` */
  readonly url: string
  readonly port: number
  /** Ends open connections after pending data has been sent; resolves when none remains. Idempotent. */
  close(): Promise<void>
}

export interface HttpsServerSettings extends ServerOptions {
  readonly tls: TlsMaterial
  /** 0 selects a free port. */
  readonly port: number
  /** If it rejects (the client disconnected, or the server is closing), the connection is destroyed; others are not affected. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Handles a connection whose client requests another protocol; without it, such a request is handled like any other. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** Time for a client to read the remaining data when the server closes. */
const closeGraceMs = 1000
/** A body is read up to this multiple of its limit. */
const patience = 8

/** Starts listening. @throws the system's error with `code` and `port` if the port is in use */
export async function serveHttps(settings: HttpsServerSettings): Promise<HttpsServer> {
  const { tls, port, answer, upgrade, ...options } = settings
  const server = createServer({ ...options, cert: tls.cert, key: tls.key }, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  if (upgrade !== undefined) server.on('upgrade', upgrade)
  const { bound, close } = await listen(server, port)
  return { url: `https://localhost:${bound}`, port: bound, close, [Symbol.asyncDispose]: close }
}

/** The same without TLS, for local clients only. Its URL contains the IP address, so that name resolution is not involved. */
export async function serveHttp(settings: Omit<HttpsServerSettings, 'tls'>): Promise<HttpsServer> {
  const { port, answer, upgrade, ...options } = settings
  const server = createHttpServer(options, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  if (upgrade !== undefined) server.on('upgrade', upgrade)
  const { bound, close } = await listen(server, port)
  return { url: `http://127.0.0.1:${bound}`, port: bound, close, [Symbol.asyncDispose]: close }
}

async function listen(server: NetServer, port: number): Promise<{ bound: number; close: () => Promise<void> }> {
  const sockets = track(server)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= end(server, sockets)
    return closed
  }
  return { bound: (server.address() as AddressInfo).port, close }
}

/** Every socket since TCP accept, including those that never finish their TLS handshake, and upgraded ones, which the server does not track. */
function track(server: NetServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

async function end(server: NetServer, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  for (const socket of sockets) socket.destroySoon()
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy()
  }, closeGraceMs)
  await closed
  clearTimeout(timer)
}

/**
 * The whole body, or undefined if it is longer than `limit` bytes. Excess data is read and dropped, because a client that is still sending
 * would not see the response. An endless body is cut off.
 * @throws if the client disconnects
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
    if (size > patience * limit) request.destroy()
  }
  return size > limit ? undefined : Buffer.concat(chunks)
}
