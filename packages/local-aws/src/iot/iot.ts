import { type Clock, systemClock } from '../clock.js'
import { type Doors, type HttpsServer, serveHttps } from '../https-server.js'
import type { Directory } from '../iam/index.js'
import type { Journal } from '../journal.js'
import type { TlsMaterial } from '../tls.js'
import { Authorization } from './access/authorization.js'
import { ConnectQuota } from './access/connect-quota.js'
import { defaultLimits, type Limits } from './access/limits.js'
import { Recorder } from './access/recorder.js'
import { SignatureGate } from './access/signature-gate.js'
import { resolveSwitches, type Switches } from './access/switches.js'
import { LastWills } from './broker/last-wills.js'
import { LifecycleEvents } from './broker/lifecycle-events.js'
import { RetainedMessages } from './broker/retained-messages.js'
import { Router } from './broker/router.js'
import { Sessions } from './broker/sessions.js'
import { SharedSubscriptions } from './broker/shared-subscriptions.js'
import { httpsApi } from './http/https-api.js'
import { reasonCodes } from './mqtt/reason-codes.js'
import type { Observer } from './observer.js'
import type { DataPlane } from './rules/context.js'
import type { MqttConnection } from './wire/connection.js'
import type { Latency } from './wire/latency.js'
import { WebSockets } from './wire/web-sockets.js'

export interface IotOptions {
  /** The principals with their keys and policies. */
  readonly directory: Pick<Directory, 'accessKey'>
  readonly region: string
  readonly accountId: string
  readonly clock?: Clock
  readonly journal?: Journal
  readonly tls: TlsMaterial
  /** 0 (the default) selects a free port. */
  readonly port?: number
  readonly switches?: Partial<Switches>
  /** Limits that differ from the account defaults. */
  readonly limits?: Partial<Limits>
  /** Runs before HTTPS requests and WebSockets. */
  readonly guard?: (doors: Doors) => Doors
  readonly observer?: Observer | undefined
}

/** One open connection, for listings. */
export interface ConnectionFacts {
  readonly clientId: string
  readonly principal: string
  readonly accessKeyId: string
  /** Of the credentials, in milliseconds since the epoch; undefined for those of an IAM user. */
  readonly expiresAt: number | undefined
  readonly mqttVersion: 4 | 5
  readonly sourceIp: string
  /** Milliseconds since the epoch. */
  readonly openedAt: number
  readonly subscriptions: readonly string[]
}

/** Interval at which time limits are checked; they use the given clock, so tests call `sweep()` instead. */
const sweepMs = 1000

/**
 * AWS IoT Core's data plane on 127.0.0.1: MQTT 3.1.1 and MQTT 5 over WebSocket with SigV4 (`wss://…/mqtt`), and the HTTPS
 * API on the same port.
 *
 * @throws RangeError for an unknown switch; the system's error if the port is in use
 * @example
 * await using iot = await startIot({ directory, region: 'eu-west-1', accountId: '123456789012', tls })
 * iot.endpoint // 'localhost:49152'
 */
export async function startIot(options: IotOptions): Promise<IotDataPlane> {
  const { directory, region, clock = systemClock, tls, port = 0 } = options
  const plane = compose(options, clock)
  const gate = new SignatureGate({ directory, region, clock, recorder: plane.recorder })
  const webSockets = new WebSockets(plane, gate)
  const open: Doors = {
    answer: httpsApi(plane, gate),
    upgrade: (request, socket, head) => webSockets.upgrade(request, socket, head),
  }
  const doors = options.guard?.(open) ?? open
  const server = await serveHttps({ tls, port, ...doors })
  return new IotDataPlane(plane, server, doors, webSockets)
}

/** The parts in dependency order. */
function compose(options: IotOptions, clock: Clock): DataPlane {
  const { directory, region, accountId, journal = () => {}, observer } = options
  const switches = resolveSwitches(options.switches)
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const recorder = new Recorder(journal, clock)
  const { credentialExpiry } = switches
  const authorization = new Authorization({ region, accountId, clock, directory, credentialExpiry, observer })
  const retained = new RetainedMessages(clock)
  const router = new Router(retained, observer)
  const shared = new SharedSubscriptions(router)
  const lifecycle = new LifecycleEvents(router, clock)
  const wills = new LastWills({ authorization, recorder, switches }, router, clock)
  const sessions = new Sessions({ clock, switches, router, shared, wills, lifecycle, observer })
  const connectQuota = new ConnectQuota(limits)
  return { clock, limits, switches, authorization, recorder, connectQuota, retained, router, sessions, lifecycle }
}

export class IotDataPlane implements AsyncDisposable {
  readonly doors: Doors
  readonly #plane: DataPlane
  readonly #server: HttpsServer
  readonly #latency: Latency
  readonly #connections: ReadonlySet<MqttConnection>
  readonly #timer: NodeJS.Timeout

  /** @internal Created by `startIot()`. */
  constructor(plane: DataPlane, server: HttpsServer, doors: Doors, { connections, latency }: WebSockets) {
    this.doors = doors
    this.#plane = plane
    this.#server = server
    this.#latency = latency
    this.#connections = connections
    this.#timer = setInterval(() => this.sweep(), sweepMs)
    this.#timer.unref()
  }

  get port(): number {
    return this.#server.port
  }

  /** Host and port, in the format that clients expect. */
  get endpoint(): string {
    return `localhost:${this.port}`
  }

  connections(): ConnectionFacts[] {
    return [...this.#connections]
      .filter(({ isEstablished }) => isEstablished)
      .map(({ clientId, requester, version, openedAt, session }) => ({
        clientId,
        principal: requester.identity.principal.arn,
        accessKeyId: requester.identity.accessKeyId,
        expiresAt: requester.identity.expiresAt,
        mqttVersion: version,
        sourceIp: requester.sourceIp,
        openedAt,
        subscriptions: [...(session?.subscriptions.keys() ?? [])],
      }))
  }

  /** Fault: destroys the socket of one client, or of all. Returns their number. */
  cut(clientId?: string): number {
    const cut = [...this.#connections].filter((one) => clientId === undefined || one.clientId === clientId)
    for (const connection of cut) connection.cut()
    return cut.length
  }

  /** Ends a client's connection as DeleteConnection does. False if no client with this ID is connected. */
  end(clientId: string): boolean {
    const client = this.#plane.sessions.holder(clientId)
    client?.end('API_INITIATED_DISCONNECT', reasonCodes.administrativeAction)
    return client !== undefined
  }

  /** Fault: the next `times` CONNECTs exceed a quota: MQTT 5 gets CONNACK 0x97, MQTT 3.1.1 no response. */
  throttle(times: number): void {
    this.#plane.connectQuota.throttle(times)
  }

  /** Fault: reduces the account's quota of CONNECTs per second, as if others used it up; undefined ends it. */
  limitConnects(perSecond: number | undefined): void {
    this.#plane.connectQuota.limit(perSecond)
  }

  /** Fault: delays everything that clients send by this many milliseconds; 0 ends it. */
  delay(milliseconds: number): void {
    this.#latency.set(milliseconds)
  }

  /** Fault: restarts the broker (MQTT 5 clients receive 0x8B) on the same port, with or without its sessions. */
  async restart({ keepSessions }: { readonly keepSessions: boolean }): Promise<void> {
    this.#endAll()
    if (!keepSessions) this.#plane.sessions.discardAll()
  }

  /** Checks all time limits now: keep-alive, expired credentials (if switched on), sessions, last wills. */
  sweep(): void {
    const { clock, connectQuota, sessions } = this.#plane
    const now = clock.now()
    for (const connection of [...this.#connections]) connection.checkTime(now)
    sessions.sweep(now)
    connectQuota.sweep(now)
  }

  /** Ends every connection and stops listening; resolves when no socket remains. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#latency.clear()
    this.#endAll()
    await this.#server.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #endAll(): void {
    for (const connection of [...this.#connections])
      connection.end('SERVER_INITIATED_DISCONNECT', reasonCodes.serverShuttingDown)
  }
}
