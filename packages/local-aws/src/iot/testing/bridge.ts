import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { WebSocket } from 'ws'
import type { AccessKey } from '../../iam/index.js'
import type { TlsMaterial } from '../../tls.js'
import { FrameSplitter } from '../mqtt/frame-splitter.js'
import { ServerJudge } from './server-judge.js'
import type { TestAccount } from './test-account.js'

export interface BridgeOptions {
  /** Who all that come over the bridge are. */
  readonly identity: AccessKey
  /** 0 (the default) takes a free one. */
  readonly port?: number
  /** For MQTT over TLS; plain TCP without it. */
  readonly tls?: TlsMaterial
}

export interface Bridge extends AsyncDisposable {
  readonly port: number
  /** What the data plane sent over it that MQTT forbids. */
  readonly violations: readonly string[]
}

/**
 * From a port for MQTT over TCP or TLS to the data plane's signed WebSocket, for programs that cannot sign. Bytes pass unchanged; what the data
 * plane sends is judged on its way.
 */
export async function startBridge(account: TestAccount, options: BridgeOptions): Promise<Bridge> {
  const { port = 0, tls, identity } = options
  const violations: string[] = []
  const sockets = new Set<Socket>()
  const take = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    carry(account, identity, socket, violations).catch(() => socket.destroy())
  }
  const server = tls === undefined ? createTcpServer(take) : createTlsServer({ cert: tls.cert, key: tls.key }, take)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    violations,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

async function carry(account: TestAccount, identity: AccessKey, socket: Socket, violations: string[]): Promise<void> {
  socket.on('error', () => undefined)
  socket.setNoDelay(true)
  const early: Buffer[] = []
  const keep = (bytes: Buffer) => void early.push(bytes)
  socket.on('data', keep)
  const webSocket = new WebSocket(await account.presign(identity), 'mqtt', { ca: account.ca })
  webSocket.on('error', () => socket.destroy())
  const judge = new TrafficJudge(violations)
  webSocket.on('message', (bytes: Buffer) => {
    judge.fromServer(bytes)
    socket.write(bytes)
  })
  webSocket.on('close', () => socket.destroySoon())
  // A client that closes its socket without more is lost, and not one that says goodbye with a Close frame.
  socket.on('close', () => webSocket.terminate())
  await once(webSocket, 'open')
  const toServer = (bytes: Buffer) => {
    judge.fromClient(bytes)
    if (webSocket.readyState === WebSocket.OPEN) webSocket.send(bytes)
  }
  socket.off('data', keep)
  for (const bytes of early) toServer(bytes)
  socket.on('data', toServer)
}

/** Judges the connection of another program, from its CONNECT on. That program has to keep to the limits itself. */
class TrafficJudge {
  readonly #violations: string[]
  readonly #sent = new FrameSplitter()
  #judge: ServerJudge | undefined
  #isConnected = false

  constructor(violations: string[]) {
    this.#violations = violations
  }

  fromClient(bytes: Buffer): void {
    for (const frame of this.#sent.push(bytes)) {
      if (!this.#isConnected) this.#judge = judgeOf(frame)
      this.#isConnected = true
      // A PUBACK has its packet identifier after a fixed header of two bytes (§3.4).
      if (frame[0] === 0x40) this.#judge?.acknowledged(frame.readUInt16BE(2))
    }
  }

  fromServer(bytes: Buffer): void {
    try {
      this.#judge?.receive(bytes)
    } catch (violation) {
      this.#violations.push(String(violation))
      this.#judge = undefined
    }
  }
}

/** The protocol level is the byte after the protocol's name (§3.1.2.2). */
function judgeOf(connect: Buffer): ServerJudge | undefined {
  const at = connect.indexOf('MQTT')
  return at < 0 ? undefined : new ServerJudge({ version: connect[at + 4] === 5 ? 5 : 4 })
}
