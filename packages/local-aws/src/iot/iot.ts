import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { type Clock, systemClock } from '../clock.js'
import type { Directory } from '../iam/index.js'
import type { Journal } from '../journal.js'
import type { TlsMaterial } from '../tls.js'
import { Authorization } from './authorization.js'
import { Broker } from './broker.js'
import { DataPlaneApi } from './data-plane.js'
import { Latency } from './latency.js'
import { Lifecycle } from './lifecycle.js'
import { DEFAULT_LIMITS, type Limits } from './limits.js'
import { Outbox } from './outbox.js'
import { type Plane, Recorder } from './plane.js'
import { Sessions } from './sessions.js'
import { SharedSubscriptions } from './shared.js'
import { resolveSwitches, type Switches } from './switches.js'
import { SignatureGate } from './upgrade.js'
import { REASON } from './verdict.js'
import { serveWebSockets, track } from './web-sockets.js'

export interface IotOptions {
  /** Who exists, with which keys and policies. */
  readonly directory: Pick<Directory, 'accessKey'>
  readonly region: string
  readonly accountId: string
  readonly clock?: Clock
  readonly journal?: Journal
  readonly tls: TlsMaterial
  /** 0 (the default) takes a free one. */
  readonly port?: number
  readonly switches?: Partial<Switches>
  /** Limits that differ from the account defaults. */
  readonly limits?: Partial<Limits>
}

/** One open connection, for listings. */
export interface ConnectionFacts {
  readonly clientId: string
  readonly principal: string
  readonly mqttVersion: 4 | 5
  readonly sourceIp: string
  /** Milliseconds since the epoch. */
  readonly openedAt: number
  readonly subscriptions: readonly string[]
}

/** How often time limits are looked at; they count on the clock given, so tests call `sweep()` instead. */
const SWEEP_MS = 1000

/**
 * AWS IoT Core's data plane on 127.0.0.1: MQTT 3.1.1 and MQTT 5 over WebSocket with SigV4 (`wss://…/mqtt`), and the HTTPS
 * API on the same port.
 *
 * @throws RangeError for an unknown switch; the system's error when the port is taken
 * @example
 * await using iot = await startIot({ directory, region: 'eu-west-1', accountId: '123456789012', tls })
 * iot.endpoint // 'localhost:49152'
 */
export async function startIot(options: IotOptions): Promise<IotDataPlane> {
  return IotDataPlane.start(options)
}

export class IotDataPlane {
  readonly port: number
  readonly #plane: Plane
  readonly #server: Server
  readonly #sockets: Set<Socket>
  readonly #timer: NodeJS.Timeout

  private constructor(plane: Plane, server: Server, sockets: Set<Socket>) {
    this.#plane = plane
    this.#server = server
    this.#sockets = sockets
    this.port = (server.address() as AddressInfo).port
    this.#timer = setInterval(() => void this.sweep(), SWEEP_MS)
    this.#timer.unref()
  }

  /** Host and port, as clients take it. */
  get endpoint(): string {
    return `localhost:${this.port}`
  }

  static async start(options: IotOptions): Promise<IotDataPlane> {
    const { directory, region, accountId, tls, clock = systemClock, journal, port = 0 } = options
    const switches = resolveSwitches(options.switches)
    const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits }
    const record = new Recorder(journal, clock)
    const { credentialExpiry } = switches
    const self = (): Plane => plane
    const plane: Plane = {
      clock,
      limits,
      switches,
      record,
      authorization: new Authorization({ region, accountId, clock, directory, credentialExpiry }),
      broker: await Broker.start(self),
      sessions: new Sessions(self),
      shared: new SharedSubscriptions(self),
      lifecycle: new Lifecycle(self),
      latency: new Latency(),
      outbox: new Outbox(),
      sockets: new Set(),
      connected: new Map(),
    }
    const gate = new SignatureGate({ directory, region, clock, record })
    const api = new DataPlaneApi(plane, gate)
    const server = createServer(
      { cert: tls.cert, key: tls.key },
      (request, response) => void api.answer(request, response),
    )
    const sockets = track(server)
    serveWebSockets(server, plane, gate)
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    } catch (error) {
      await plane.broker.close()
      throw error
    }
    return new IotDataPlane(plane, server, sockets)
  }

  connections(): ConnectionFacts[] {
    return [...this.#plane.connected.values()].map((connection) => ({
      clientId: connection.clientId,
      principal: connection.identity.principal.arn,
      mqttVersion: connection.version,
      sourceIp: connection.sourceIp,
      openedAt: connection.openedAt,
      subscriptions: [...connection.filters.keys()],
    }))
  }

  /** Fault: destroys the socket of one client, or of all. Answers how many there were. */
  cut(clientId?: string): number {
    const cut = [...this.#plane.sockets].filter((one) => clientId === undefined || one.clientId === clientId)
    for (const connection of cut) connection.cut()
    return cut.length
  }

  /** Fault: the next `times` CONNECTs are over a quota: MQTT 5 answers with CONNACK 0x97, MQTT 3.1.1 with silence. */
  throttle(times: number): void {
    this.#plane.sessions.throttle(times)
  }

  /** Fault: what clients send is read so many milliseconds later, from now on; 0 ends it. */
  delay(milliseconds: number): void {
    this.#plane.latency.set(milliseconds)
  }

  /** Fault: the broker goes down (MQTT 5 clients are told 0x8B) and comes up on the same port, with or without its sessions. */
  async restart({ keepSessions }: { readonly keepSessions: boolean }): Promise<void> {
    for (const connection of [...this.#plane.sockets])
      connection.end('SERVER_INITIATED_DISCONNECT', REASON.serverShuttingDown)
    if (!keepSessions) await this.#plane.sessions.discardAll()
    await this.#plane.broker.restart()
    this.#plane.shared.listenAgain()
  }

  /** Looks at everything that ends by time, now: keep-alive, expired credentials (if so switched), sessions. */
  async sweep(): Promise<void> {
    const now = this.#plane.clock.now()
    for (const connection of [...this.#plane.sockets]) connection.checkTime(now)
    await this.#plane.sessions.sweep(now)
  }

  /** Ends every connection and stops listening; resolves when no socket is left. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#plane.latency.clear()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const connection of [...this.#plane.sockets])
      connection.end('SERVER_INITIATED_DISCONNECT', REASON.serverShuttingDown)
    await this.#plane.broker.close()
    for (const socket of this.#sockets) socket.destroySoon()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
