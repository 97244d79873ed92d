import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { generate } from 'selfsigned'

/** A TLS server on loopback, whose connections a test handles. */
export class HostileServer implements AsyncDisposable {
  readonly ca: string
  readonly port: number
  /** Resolves when the first connection has arrived, before TLS is established. */
  readonly reached: Promise<void>
  readonly #close: () => Promise<void>

  private constructor(ca: string, port: number, reached: Promise<void>, close: () => Promise<void>) {
    this.ca = ca
    this.port = port
    this.reached = reached
    this.#close = close
  }

  /** @param treat handles a connection after its first data @param plain without TLS */
  static async start(treat: (socket: Socket) => void, plain = false): Promise<HostileServer> {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    })
    const sockets = new Set<Socket>()
    const accept = (socket: Socket) => {
      socket.on('error', () => {})
      socket.once('data', () => treat(socket))
    }
    const server = plain ? createTcpServer(accept) : createTlsServer({ key, cert, allowHalfOpen: true }, accept)
    const reached = new Promise<void>((resolve) => {
      // The TCP sockets: one that is closed before TLS is established never reaches `accept`, and would keep the server open.
      server.on('connection', (socket: Socket) => {
        sockets.add(socket)
        resolve()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new HostileServer(cert, (server.address() as AddressInfo).port, reached, async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close()
  }
}

/** Sends one byte every tenth of a second, until the socket is closed. */
export function drip(socket: Socket, text: string): void {
  let index = 0
  const timer = setInterval(() => {
    if (socket.destroyed) {
      clearInterval(timer)
    } else {
      socket.write(text[index++ % text.length] ?? '')
    }
  }, 100)
}
