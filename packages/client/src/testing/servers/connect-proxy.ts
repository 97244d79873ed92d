import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** An HTTP proxy on loopback that tunnels CONNECT requests and records their targets. */
export class ConnectProxy implements AsyncDisposable {
  readonly asked: string[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param login `user:password`; without it, no login is required */
  static async start(login?: string): Promise<ConnectProxy> {
    const server = createServer((_, response) => response.writeHead(405).end())
    const proxy = new ConnectProxy(server)
    const expected = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`
    server.on('connect', (request, client: Socket) => {
      proxy.#keep(client)
      if (expected !== undefined && request.headers['proxy-authorization'] !== expected) {
        client.end(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n',
        )
        return
      }
      const [host = '', port = ''] = (request.url ?? '').split(':')
      proxy.asked.push(request.url ?? '')
      const upstream = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
        client.pipe(upstream).pipe(client)
      })
      proxy.#keep(upstream)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
  }
}
