import { once } from 'node:events'
import {
  createServer as createHttpServer,
  type ServerOptions as HttpServerOptions,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
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

/** The entry points for requests and WebSockets, on any port. */
export interface Doors {
  /** If it rejects (the client disconnected, or the server is closing), the connection is destroyed; others are not affected. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Handles a connection whose client requests another protocol. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** Without `upgrade`, a request for another protocol is handled like any other. */
interface Served {
  readonly answer: Doors['answer']
  readonly upgrade?: Doors['upgrade'] | undefined
  /** 0 selects a free port. */
  readonly port: number
}

/** Time for a client to read the remaining data when the server closes. */
const closeGraceMs = 1000
/** A body is read up to this multiple of its limit. */
const patience = 8

/** Starts listening. @throws the system's error with `code` and `port` if the port is in use */
export function serveHttps(settings: Served & ServerOptions & { readonly tls: TlsMaterial }): Promise<HttpsServer> {
  const { tls, port, answer, upgrade, ...options } = settings
  const server = createServer({ ...options, cert: tls.cert, key: tls.key })
  return listen(server, { port, answer, upgrade }, 'https://localhost')
}

/** The same without TLS, for local clients only. Its URL contains the IP address, so that name resolution is not involved. */
export function serveHttp({ port, answer, upgrade, ...options }: Served & HttpServerOptions): Promise<HttpsServer> {
  return listen(createHttpServer(options), { port, answer, upgrade }, 'http://127.0.0.1')
}

async function listen(server: NetServer, { port, answer, upgrade }: Served, origin: string): Promise<HttpsServer> {
  const sockets = track(server)
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch(() => response.destroy())
  })
  if (upgrade !== undefined) server.on('upgrade', upgrade)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: bound } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= end(server, sockets)
    return closed
  }
  return { url: `${origin}:${bound}`, port: bound, close, [Symbol.asyncDispose]: close }
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
