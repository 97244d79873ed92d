import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TlsMaterial } from './tls.js'

/** A server on 127.0.0.1 with the stand-in's certificate. */
export interface HttpsServer extends AsyncDisposable {
  /** `https://localhost:8443` */
  readonly url: string
  readonly port: number
  /** Ends open connections; resolves when none is left. May be called twice. */
  close(): Promise<void>
}

export interface HttpsServerSettings extends ServerOptions {
  readonly tls: TlsMaterial
  /** 0 for any free port. */
  readonly port: number
  /** When it rejects (the client went away, or the server is closing), the connection is destroyed; the others go on. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

/** Listens. @throws the system's error for a port that is taken, with `code` and `port` */
export async function serveHttps({ tls, port, answer, ...options }: HttpsServerSettings): Promise<HttpsServer> {
  const server = createServer({ ...options, cert: tls.cert, key: tls.key }, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  const { port: bound } = server.address() as AddressInfo
  return { url: `https://localhost:${bound}`, port: bound, close, [Symbol.asyncDispose]: close }
}

/**
 * The whole body, or undefined when it has more than `limit` bytes. What is too much is read and dropped: a client that is
 * still sending would not see the answer.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
  }
  return size > limit ? undefined : Buffer.concat(chunks)
}
