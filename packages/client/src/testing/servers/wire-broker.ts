import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'
import { generate as generateCertificate } from 'selfsigned'
import { type WebSocket, WebSocketServer } from 'ws'

/** The broker's answer to a packet; undefined: the ordinary one. */
export type Reply = (packet: Packet, version: 4 | 5) => Packet | undefined

/** A broker over WebSocket and TLS on loopback that accepts any client. A test sets answers that the stand-in for AWS never gives. */
export class WireBroker implements AsyncDisposable {
  readonly ca: string
  readonly #server: Server
  readonly #sockets = new Set<WebSocket>()

  private constructor(server: Server, ca: string) {
    this.ca = ca
    this.#server = server
  }

  /** @param reply the answers that differ from those of an ordinary broker */
  static async start(reply: Reply): Promise<WireBroker> {
    const { private: key, cert } = await generateCertificate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    })
    const server = createServer({ key, cert })
    const broker = new WireBroker(server, cert)
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'mqtt' })
    sockets.on('connection', (socket) => broker.#serve(socket, reply))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return broker
  }

  get endpoint(): string {
    return `localhost:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.terminate()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: WebSocket, reply: Reply): void {
    this.#sockets.add(socket)
    let version: 4 | 5 = 4
    const packets = parser()
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connect') version = packet.protocolVersion === 5 ? 5 : 4
      const answer = reply(packet, version) ?? ordinary(packet)
      if (answer !== undefined) socket.send(generate(answer, { protocolVersion: version }))
    })
    socket.on('message', (data: Buffer) => packets.parse(data))
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
  }
}

function ordinary(packet: Packet): Packet | undefined {
  const { messageId = 0 } = packet
  switch (packet.cmd) {
    case 'connect':
      return { cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: false }
    case 'subscribe':
      return { cmd: 'suback', messageId, granted: packet.subscriptions.map(({ qos }) => qos) }
    case 'unsubscribe':
      return { cmd: 'unsuback', messageId, granted: packet.unsubscriptions.map(() => 0) }
    case 'publish':
      return packet.qos === 0 ? undefined : { cmd: 'puback', messageId, reasonCode: 0 }
    case 'pingreq':
      return { cmd: 'pingresp' }
    default:
      return undefined
  }
}
