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
  /** Ends open connections once what was written is out; resolves when none is left. May be called twice. */
  close(): Promise<void>
}

export interface HttpsServerSettings extends ServerOptions {
  readonly tls: TlsMaterial
  /** 0 for any free port. */
  readonly port: number
  /** When it rejects (the client went away, or the server is closing), the connection is destroyed; the others go on. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Takes over a connection whose client asks for another protocol; without it such a request is answered like any other. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** How long a client may take to read the last of what it is sent, once the server closes. */
const closeGraceMs = 1000
/** How many times its limit a body is read. */
const patience = 8

/** Listens. @throws the system's error for a port that is taken, with `code` and `port` */
export async function serveHttps(settings: HttpsServerSettings): Promise<HttpsServer> {
  const { tls, port, answer, upgrade, ...options } = settings
  const server = createServer({ ...options, cert: tls.cert, key: tls.key }, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  if (upgrade !== undefined) server.on('upgrade', upgrade)
  const { bound, close } = await listen(server, port)
  return { url: `https://localhost:${bound}`, port: bound, close, [Symbol.asyncDispose]: close }
}

/** The same without TLS, for what does not leave this machine. Its URL has the address and not a name: no resolver has a part in it. */
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

/** Every socket, from TCP on: one that never finishes its TLS handshake, and an upgraded one, which the server itself forgets. */
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
 * The whole body, or undefined when it has more than `limit` bytes. What is too much is read and dropped: a client that is
 * still sending would not see the answer. One that sends without end is cut off.
 * @throws when the client goes away
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
