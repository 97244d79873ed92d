import type { Command } from 'commander'
import type { VendedIdentity } from '../../credentials/vendor-options.js'
import { TopicCredentialsError } from '../../errors.js'
import { ungranted } from '../../messages/grant-check.js'
import type { Session } from '../../session.js'
import { asTyped } from '../as-typed.js'
import type { Chosen, Context } from '../command.js'
import { exitCodes } from '../exit-code.js'
import {
  type ConnectionOptions,
  positiveInteger,
  requireTopic,
  type SharedOptions,
  withConnectionOptions,
} from '../options.js'
import { connection } from '../target/connection.js'
import { vending } from '../target/vending.js'
import { JsonReporter, TextReporter } from '../terminal/reporter.js'
import { countdown } from '../terminal/screen.js'

/** A listener of a revoked user receives nothing more without an error, so the session asks the vendor regularly. */
const revalidateSeconds = 60

interface ListenOptions extends SharedOptions, ConnectionOptions {
  readonly topic: string
  /** Published once after subscribing. */
  readonly publish?: string
  /** Number of messages to receive before the command ends. Default: no limit. */
  readonly count?: number
}

const examples = `
Examples:
  $ npm start -- --topic 'devices/+/state'                  every message that the filter matches
  $ npm start -- --publish '{"hello":"world"}' --count 1    publish a message, receive it, end
  $ npm start -- --json | jq -r 'select(.event == "message") | .payload'`

export function declareListen(program: Command, choose: (chosen: Chosen) => void): void {
  const command = program.command('listen', { isDefault: true }).alias('start')
  command
    .description('print the messages of one topic or topic filter (the default command)')
    .option('-t, --topic <filter>', 'topic or topic filter to listen to', 'test')
    .option('-p, --publish <text>', 'publish this to the topic after subscribing')
    .option('-n, --count <messages>', 'end after this number of messages', positiveInteger)
    .addHelpText('after', asTyped(examples))
    // As the default command it receives every word that is not a command.
    .allowExcessArguments()
    .action(() => {
      const [word] = command.args
      if (word !== undefined) command.error(`error: unknown command '${word}'. See --help.`)
      const options = command.optsWithGlobals<ListenOptions>()
      if (options.publish !== undefined) requireTopic(command, '--publish', options.topic)
      choose({ options, run: (context) => listen(context, options) })
    })
  withConnectionOptions(command)
}

/** Called before connecting, so that the user sees a wrong topic immediately. */
function requireSubscribable({ vended }: VendedIdentity, filter: string): void {
  const error = ungranted(vended, 'subscribe', filter)
  if (error !== undefined) throw error
}

/** Requests credentials, connects, subscribes, publishes if asked to, and prints messages until the count is reached. */
async function listen(context: Context, options: ListenOptions): Promise<number> {
  const { target, screen, signal } = context
  const report =
    options.json === true ? new JsonReporter(screen.out) : new TextReporter(screen.out, screen.err, screen.colours)
  report.target(target.description)
  using credentials = vending(context)
  screen.working('Requesting credentials')
  const identity = await credentials({ signal })
  report.vended(identity)
  requireSubscribable(identity, options.topic)
  await using session = await connection(context, options, credentials, { revalidateSeconds })
  report.connected(session.clientId)
  let received = 0
  const listening = () => screen.status(() => statusLine(session, options.topic, received))
  session.on('interrupted', (error) => {
    report.interrupted(error)
    screen.working('Reconnecting')
  })
  session.on('direct', (message) => report.message(message))
  session.on('connected', () => {
    report.reconnected()
    listening()
  })
  report.subscribing(options.topic)
  const messages = session.subscribe(options.topic, { qos: options.qos, signal })
  report.subscribed(options.topic, await messages.ready)
  listening()
  if (options.publish !== undefined) await session.publish(options.topic, options.publish, { qos: options.qos, signal })
  for await (const message of messages) {
    received += 1
    report.message(message)
    if (received === options.count) return exitCodes.done
  }
  if (!signal.aborted) throw session.error ?? closedEarly()
  if (signal.reason instanceof TopicCredentialsError) throw noMessages(signal.reason, options)
  return options.count === undefined ? exitCodes.done : exitCodes.interrupted
}

function statusLine({ clientId, expiration }: Session, topic: string, received: number): string {
  const now = Date.now()
  const left =
    expiration.getTime() > now
      ? `credentials expire in ${countdown(expiration, now)}`
      : 'credentials expired; the connection stays open, and the next one gets new credentials'
  return `Listening to ${topic} · ${received} received · ${left} · ${clientId}`
}

function noMessages(timedOut: TopicCredentialsError, { count, topic }: ListenOptions): TopicCredentialsError {
  const { code, value = '', message } = timedOut
  if (count === undefined) return timedOut
  return new TopicCredentialsError(`${message} for ${count} message(s) of '${topic}'`, {
    code,
    value,
    remedy: 'Allow more time with --timeout, or publish a message to the topic.',
  })
}

function closedEarly(): TopicCredentialsError {
  return new TopicCredentialsError('The session ended', { code: 'session_closed', remedy: 'Start again.' })
}
