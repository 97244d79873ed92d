import { platform } from '#platform'
import { ConnectLog } from './connection/connect-log.js'
import { type Endpoint, parseEndpoint } from './connection/endpoint.js'
import { Handshake } from './connection/handshake.js'
import type { Route, RouteOptions } from './connection/route.js'
import type { TransportKind } from './connection/transport.js'
import type { VendedCredentialsProvider } from './credentials/provider.js'
import { overdue, TopicCredentialsError } from './errors.js'
import { grantedWill, type LastWill } from './messages/last-will.js'
import { Session } from './session.js'
import { aborted, sleep } from './support/abort.js'

export interface ConnectOptions extends RouteOptions {
  /** Who vends: `fromVendor({ url })`. */
  readonly credentials: VendedCredentialsProvider
  /** MQTT version. Default 5, which is all that the websocket transport speaks. */
  readonly mqtt?: 3 | 5
  /**
   * `device-sdk`: aws-iot-device-sdk-v2, Node's default. `websocket`: this package's own client over the platform's WebSocket; the only
   * one in browsers, and in Node the one that starts sooner.
   */
  readonly transport?: TransportKind
  /** What follows the vended prefix in the client ID. Default: made up, so that no two connections share one. */
  readonly clientIdSuffix?: string
  /**
   * Goes on with the broker's session of an earlier process that had the same `clientIdSuffix`: what came meanwhile is delivered, for as
   * long as AWS IoT keeps the session (an hour by default). The session is kept at `close()`, too. Default false.
   */
  readonly resume?: boolean
  /**
   * Asks the vendor so often, in seconds, whether the grants still stand; a refusal ends the session. Each question is a vend. Default: only
   * after the broker has refused something that is granted.
   */
  readonly revalidateSeconds?: number
  /** Default: the endpoint that the vendor names. */
  readonly endpoint?: string
  /** Default: the region that the vendor names. */
  readonly region?: string
  /** 30 to 1,200 seconds; AWS IoT cuts a connection that is silent for 1.5 times this. Default 60. */
  readonly keepAliveSeconds?: number
  /** What the broker shall publish when the connection ends without `close()`. Default: nothing. */
  readonly will?: LastWill
  /**
   * Milliseconds until the first connection must stand. Default 30,000; where the fleet's reconnects are spread over a time, as
   * much longer as a throttled client may have to wait.
   */
  readonly timeoutMs?: number
  /** Least milliseconds between two CONNECTs. Default 1,000, which is AWS IoT's limit for a client ID. */
  readonly connectIntervalMs?: number
  /** Gives up connecting, or closes the session later on. */
  readonly signal?: AbortSignal
}

/** AWS IoT takes one CONNECT a second from a client ID. */
const minConnectIntervalMs = 1_000
/** AWS IoT's limit for a client ID, in bytes of UTF-8. */
const maxClientIdBytes = 128

/**
 * Vends, connects, and resolves when the broker has accepted the connection.
 *
 * @throws TopicCredentialsError with a code that says what was in the way
 * @example
 * await using session = await connect({ credentials: fromVendor({ url }) })
 * for await (const message of session.subscribe('test')) console.log(message.topic)
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  const { credentials, signal } = options
  if (signal?.aborted) throw aborted(signal)
  const { mqtt = 5, resume = false, revalidateSeconds } = options
  const keepAliveSeconds = checkKeepAlive(options.keepAliveSeconds ?? 60)
  if (resume && options.clientIdSuffix === undefined) throw nothingToResume()
  const vending = credentials(signal === undefined ? {} : { signal })
  const [identity, openTransport] = await Promise.all([vending, platform.loadTransport(options.transport, mqtt)])
  const { vended } = identity
  const endpoint = parseEndpoint(options.endpoint ?? vended.endpoint)
  const route = await platform.routeTo(`https://${endpoint.host}:${endpoint.port}`, options)
  const clientId = checkClientId(vended.clientIdPrefix + (options.clientIdSuffix ?? randomSuffix()))
  const will = options.will && grantedWill(options.will, vended)
  const connectIntervalMs = options.connectIntervalMs ?? minConnectIntervalMs
  const spreadMs = vended.spreadSeconds === undefined ? undefined : vended.spreadSeconds * 1000
  const closing = new AbortController()
  const handshake = new Handshake({
    credentials,
    log: ConnectLog.of(endpoint, clientId),
    intervalMs: connectIntervalMs,
    closing: closing.signal,
  })
  const transport = openTransport({
    ...endpoint,
    region: options.region ?? vended.region,
    clientId,
    keepAliveSeconds,
    connectIntervalMs,
    resume,
    will,
    route,
    handshake,
  })
  const session = new Session({
    transport,
    handshake,
    credentials,
    endpoint,
    route,
    askHandshake: transport.hidesAnswers ? platform.askHandshake : undefined,
    clientId,
    identity,
    closing,
    spreadMs,
    connectIntervalMs,
    mqtt,
    resume,
    revalidateMs: revalidateSeconds === undefined ? undefined : revalidateSeconds * 1000,
  })
  const settled = new AbortController()
  try {
    transport.start()
    const connected = firstConnection(session, options.timeoutMs ?? 30_000 + 2 * (spreadMs ?? 0), signal)
    await Promise.race([connected, checkTrustWhenLate(endpoint, route, settled.signal)])
  } catch (error) {
    await session.close()
    throw error
  } finally {
    settled.abort()
  }
  signal?.addEventListener('abort', () => void session.close(), { once: true })
  session.once('closed', platform.watchSleep(session))
  return session
}

const never = new Promise<never>(() => {})

/** Most connections stand by then. Without one, the device SDK would take long to say what is wrong. */
const lateMs = 1_000

async function checkTrustWhenLate(endpoint: Endpoint, route: Route, settled: AbortSignal): Promise<never> {
  await sleep(lateMs, settled).catch(() => never)
  await platform.checkTrust(endpoint, route, settled)
  return never
}

function firstConnection(session: Session, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: TopicCredentialsError | undefined
    const settle = (error?: Error) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      session.off('interrupted', onInterrupted)
      session.off('connected', onConnected)
      session.off('closed', onClosed)
      if (error === undefined) {
        resolve()
      } else {
        reject(error)
      }
    }
    const onConnected = () => settle()
    const onInterrupted = (error: TopicCredentialsError) => {
      last = error
    }
    const onClosed = (error: TopicCredentialsError | undefined) => settle(error ?? timedOut(timeoutMs, last))
    const onAbort = () => settle(signal === undefined ? undefined : aborted(signal))
    const timer = setTimeout(() => settle(timedOut(timeoutMs, last)), timeoutMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    session.on('interrupted', onInterrupted)
    session.once('connected', onConnected)
    session.once('closed', onClosed)
  })
}

/** @param last why the last attempt failed */
function timedOut(timeoutMs: number, last: TopicCredentialsError | undefined): TopicCredentialsError {
  return overdue(`No connection${last === undefined ? '' : ` (${last.message})`}`, timeoutMs, {
    code: 'timed_out',
    remedy: last?.remedy ?? 'Check that port 443 is open to the endpoint, or allow more time.',
    cause: last,
  })
}

function nothingToResume(): TopicCredentialsError {
  return new TopicCredentialsError('A session can only be resumed under a client ID that stays the same', {
    code: 'invalid_argument',
    value: 'resume: true',
    remedy: 'Give `clientIdSuffix`, which nothing else may use at the same time.',
  })
}

function checkKeepAlive(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 30 && seconds <= 1_200) return seconds
  throw new TopicCredentialsError(`A keep-alive of ${seconds} s is not possible`, {
    code: 'invalid_argument',
    value: String(seconds),
    remedy: 'Give whole seconds from 30 to 1,200: AWS IoT takes a smaller one for 30.',
  })
}

function checkClientId(clientId: string): string {
  const bytes = new TextEncoder().encode(clientId).byteLength
  if (bytes <= maxClientIdBytes) return clientId
  throw new TopicCredentialsError(`The client ID '${clientId}' has ${bytes} bytes; AWS IoT takes ${maxClientIdBytes}`, {
    code: 'invalid_argument',
    value: clientId,
    remedy: 'Give a shorter clientIdSuffix.',
  })
}

/** 32 bits, in hexadecimal. */
function randomSuffix(): string {
  const [bits = 0] = crypto.getRandomValues(new Uint32Array(1))
  return bits.toString(16).padStart(8, '0')
}
