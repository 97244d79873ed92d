import { connect } from '../connect.js'
import { TopicCredentialsError } from '../errors.js'
import { fromVendor } from '../from-vendor.js'
import type { QoS } from '../transport.js'
import { EXIT } from './exit-code.js'
import type { Reporter } from './reporter.js'
import type { Target } from './target.js'

export interface ListenOptions {
  readonly topic: string
  /** Published once, after subscribing. */
  readonly publish?: string
  readonly qos: QoS
  /** Ends after so many messages. Default: never. */
  readonly count?: number
  readonly mqtt: 3 | 5
  readonly endpoint?: string
  readonly region?: string
  /** PEM certificates. */
  readonly ca?: string | undefined
}

/**
 * Vends, connects, subscribes, publishes where asked to, and reports messages until there are enough of them.
 *
 * @returns the exit code
 */
export async function listen(
  target: Target,
  options: ListenOptions,
  report: Reporter,
  signal: AbortSignal,
): Promise<number> {
  const ca = options.ca ?? target.ca
  const region = options.region ?? target.region
  await using credentials = disposable(
    fromVendor({
      url: target.credentialsUrl,
      ...(region === undefined ? {} : { region }),
      ...(target.credentials === undefined ? {} : { credentials: target.credentials }),
      ...(target.ca === undefined ? {} : { ca: target.ca }),
    }),
  )
  const identity = await credentials.value({ signal })
  report.vended(identity)
  await using session = await connect({
    credentials: credentials.value,
    mqtt: options.mqtt,
    signal,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(ca === undefined ? {} : { ca }),
  })
  report.connected(session.clientId)
  session.on('interrupted', (error) => report.interrupted(error))
  session.on('connected', () => report.reconnected())
  report.subscribing(options.topic)
  const messages = session.subscribe(options.topic, { qos: options.qos, signal })
  report.subscribed(options.topic, await messages.ready)
  if (options.publish !== undefined) await session.publish(options.topic, options.publish, { qos: options.qos, signal })
  let received = 0
  for await (const message of messages) {
    report.message(message)
    received += 1
    if (received === options.count) return EXIT.done
  }
  if (!signal.aborted) throw session.error ?? closedEarly()
  if (signal.reason instanceof TopicCredentialsError) throw signal.reason
  return options.count === undefined ? EXIT.done : EXIT.interrupted
}

function disposable<T extends { close(): void }>(value: T): AsyncDisposable & { readonly value: T } {
  return { value, [Symbol.asyncDispose]: async () => value.close() }
}

function closedEarly(): TopicCredentialsError {
  return new TopicCredentialsError('The session ended', { code: 'session_closed', remedy: 'Start again.' })
}
