import { platform } from '#platform'
import { overdue } from './common-errors.js'
import { ConnectLog } from './connection/connect-log.js'
import { parseEndpoint } from './connection/endpoint.js'
import { Handshake } from './connection/handshake.js'
import type { RouteOptions } from './connection/route.js'
import type { TransportKind } from './connection/transport.js'
import type { VendedCredentialsProvider } from './credentials/provider.js'
import type { TopicCredentialsError } from './errors.js'
import { grantedWill, type LastWill } from './messages/last-will.js'
import { Session } from './session.js'
import { aborted } from './support/abort.js'
import { withDeadline } from './support/deadline.js'
import { randomHex } from './support/hex.js'
import { rare } from './support/rare.js'

export interface ConnectOptions extends RouteOptions {
  /** The credentials provider: `fromVendor({ url })`. */
  readonly credentials: VendedCredentialsProvider
  /** MQTT version. Default 5. The websocket transport only supports 5. */
  readonly mqtt?: 3 | 5
  /**
   * `device-sdk`: aws-iot-device-sdk-v2, the default in Node. `websocket`: this package's own client over the platform's WebSocket; the
   * only one in browsers, and faster to start in Node.
   */
  readonly transport?: TransportKind
  /** The part of the client ID after the vended prefix. Default: random, so that no two connections share a client ID. */
  readonly clientIdSuffix?: string
  /**
   * Resumes the broker's session of an earlier process with the same `clientIdSuffix`: messages that arrived in between are delivered, as
   * long as AWS IoT keeps the session (an hour by default). The session is also kept at `close()`. Default false.
   */
  readonly resume?: boolean
  /**
   * Interval in seconds at which the vendor is asked whether the grants are still valid; a refusal ends the session. Each request is a
   * vend. Default: only after the broker has refused an operation that is granted.
   */
  readonly revalidateSeconds?: number
  /** Default: the endpoint that the vendor returns. */
  readonly endpoint?: string
  /** Default: the region that the vendor returns. */
  readonly region?: string
  /** 30 to 1,200 seconds; AWS IoT closes a connection that is silent for 1.5 times this. Default 60. */
  readonly keepAliveSeconds?: number
  /** The message that the broker publishes if the connection ends without `close()`. Default: none. */
  readonly will?: LastWill
  /**
   * Milliseconds until the first connection must be established, including the request for credentials. Default: 30,000 after the
   * credentials have arrived, which the provider requests up to six times; if the fleet's reconnects are spread over a period, longer by
   * the maximum delay of a throttled client.
   */
  readonly timeoutMs?: number
  /** Where replies to this session's requests arrive: a topic prefix with a `/` at the end. Default `replies/<encoded user ID>/`. */
  readonly replyPrefix?: string
  /** Minimum milliseconds between two CONNECTs. Default 1,000, AWS IoT's limit for a client ID. */
  readonly connectIntervalMs?: number
  /** Aborts connecting, or closes the session later. */
  readonly signal?: AbortSignal
}

/** AWS IoT accepts one CONNECT per second from a client ID. */
const minConnectIntervalMs = 1_000
/** Maximum time until the first credentials arrive, unless the caller sets one: a day, as for the vendor's Retry-After. */
const maxVendingMs = 86_400_000
/** AWS IoT's limit for a client ID, in bytes of UTF-8. */
const maxClientIdBytes = 128

/**
 * Requests credentials, connects, and resolves when the broker has accepted the connection.
 *
 * @throws TopicCredentialsError with a code for the cause
 * @example
 * await using session = await connect({ credentials: fromVendor({ url }) })
 * for await (const message of session.subscribe('test')) console.log(message.topic)
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  const { credentials, signal } = options
  if (signal?.aborted) throw aborted(signal)
  const { mqtt = 5, resume = false, revalidateSeconds, keepAliveSeconds = 60 } = options
  if (!Number.isInteger(keepAliveSeconds) || keepAliveSeconds < 30 || keepAliveSeconds > 1_200) {
    throw (await rare()).keepAliveInvalid(keepAliveSeconds)
  }
  if (resume && options.clientIdSuffix === undefined) throw (await rare()).nothingToResume()
  const called = performance.now()
  // The provider has its own deadlines, but it retries several times, with the delays that the vendor requests.
  const vendingMs = options.timeoutMs ?? maxVendingMs
  const vending = withDeadline(
    (until) => credentials({ signal: until }),
    vendingMs,
    () => timedOut(vendingMs, undefined),
    signal,
  )
  const [identity, openTransport] = await Promise.all([vending, platform.loadTransport(options.transport, mqtt)])
  const began = options.timeoutMs === undefined ? performance.now() : called
  const { vended } = identity
  const address = options.endpoint ?? vended.endpoint
  const endpoint = parseEndpoint(address)
  if (endpoint === undefined) throw (await rare()).endpointInvalid(address)
  const route = await platform.routeTo(`https://${endpoint.host}:${endpoint.port}`, options)
  const clientId = await checkClientId(vended.clientIdPrefix + (options.clientIdSuffix ?? randomHex(4)))
  const will = options.will && (await grantedWill(options.will, vended))
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
    diagnoseHandshake: platform.diagnoseHandshake,
    clientId,
    identity,
    closing,
    spreadMs,
    connectIntervalMs,
    mqtt,
    replyPrefix: options.replyPrefix ?? `replies/${vended.clientIdPrefix.replace(/:.*/u, '')}/`,
    revalidateMs: revalidateSeconds === undefined ? undefined : revalidateSeconds * 1000,
  })
  const settled = new AbortController()
  try {
    transport.start()
    const connected = firstConnection(session, options.timeoutMs ?? 30_000 + 2 * (spreadMs ?? 0), began, signal)
    await Promise.race([connected, platform.watchTrust(endpoint, route, settled.signal)])
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

/** @param began when the deadline began to run, by the monotonic clock */
async function firstConnection(
  session: Session,
  timeoutMs: number,
  began: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let last: TopicCredentialsError | undefined
  const onInterrupted = (error: TopicCredentialsError) => {
    last = error
  }
  const late = () => timedOut(timeoutMs, last)
  session.on('interrupted', onInterrupted)
  const connected = new Promise<void>((resolve, reject) => {
    session.once('connected', () => resolve())
    session.once('closed', (error) => reject(error ?? late()))
  })
  await withDeadline(() => connected, began + timeoutMs - performance.now(), late, signal)
  session.off('interrupted', onInterrupted)
}

/** @param last the error of the last attempt */
function timedOut(timeoutMs: number, last: TopicCredentialsError | undefined): TopicCredentialsError {
  return overdue(`No connection${last === undefined ? '' : ` (${last.message})`}`, timeoutMs, {
    code: 'timed_out',
    remedy: last?.remedy ?? 'Check that port 443 is open, or allow more time.',
    cause: last,
  })
}

async function checkClientId(clientId: string): Promise<string> {
  const { byteLength } = new TextEncoder().encode(clientId)
  if (byteLength <= maxClientIdBytes) return clientId
  throw (await rare()).clientIdTooLong(clientId, byteLength, maxClientIdBytes)
}
