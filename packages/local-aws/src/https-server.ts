import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
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
  const sockets = track(server)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= end(server, sockets)
    return closed
  }
  const { port: bound } = server.address() as AddressInfo
  return { url: `https://localhost:${bound}`, port: bound, close, [Symbol.asyncDispose]: close }
}

/** Every socket, from TCP on: one that never finishes its TLS handshake, and an upgraded one, which the server itself forgets. */
function track(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

async function end(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
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
