import { readFileSync } from 'node:fs'
import { addAbortSignal } from 'node:stream'
import { userPath, withRemedy } from '@topic-credentials/project'
import type { Command } from 'commander'
import { notInMqtt3 } from '../../common-errors.js'
import type { VendedIdentity } from '../../credentials/vendor-options.js'
import { ungranted } from '../../messages/grant-check.js'
import { asTyped } from '../as-typed.js'
import type { Chosen, Context } from '../command.js'
import { exitCodes } from '../exit-code.js'
import { type MessageOptions, messageProperties, withMessageOptions } from '../message-options.js'
import { type ConnectionOptions, requireTopic, type SharedOptions, withConnectionOptions } from '../options.js'
import { connection } from '../target/connection.js'
import { vending } from '../target/vending.js'
import { lines } from '../terminal/lines.js'
import { describeVended } from '../terminal/reporter.js'
import { unreadable } from '../unreadable.js'
import { publishAll } from './publish-all.js'

interface PublishOptions extends SharedOptions, ConnectionOptions, MessageOptions {
  readonly topic: string
  /** Path of a file with the payload. */
  readonly file?: string
  readonly retain?: true
}

const examples = `
Examples:
  $ npm start -- publish '{"on":true}' --topic users/me/lamp
  $ npm start -- publish --file picture.jpg --topic users/me/picture
  $ tail -f app.log | npm start -- publish --topic users/me/log     one message a line
  $ npm start -- publish '' --topic users/me/lamp --retain          forget the retained message
  $ npm start -- publish '{}' --content-type application/json --user-property trace=17 --message-expiry 60

The command ends at the first refusal, with exit code 3, and prints the number of messages acknowledged until then.`

export function declarePublish(program: Command, choose: (chosen: Chosen) => void): void {
  const command = program.command('publish')
  command
    .argument('[message]', 'payload; without it and without --file, each line of stdin is a message')
    .description('publish to one topic, and print the number of acknowledged messages')
    .option('-t, --topic <topic>', 'topic to publish to', 'test')
    .option('-f, --file <file>', 'publish the bytes of this file as one message')
    .option('-r, --retain', 'retain the message for later subscribers')
    .addHelpText('after', asTyped(examples))
    .allowExcessArguments(false)
    .action((message: string | undefined) => {
      const options = command.optsWithGlobals<PublishOptions>()
      requireTopic(command, 'publish', options.topic)
      if (message !== undefined && options.file !== undefined) {
        command.error('error: pass either a message or --file, not both')
      }
      choose({ options, run: (context) => publish(context, options, message) })
    })
  withMessageOptions(command)
  withConnectionOptions(command)
}

async function publish(context: Context, options: PublishOptions, message: string | undefined): Promise<number> {
  const { target, screen, signal } = context
  const { topic, qos, retain = false, json } = options
  const properties = messageProperties(options)
  const [lacking] = options.mqtt === 3 ? Object.keys(properties) : []
  if (lacking !== undefined) throw notInMqtt3(lacking)
  const note = json === true ? () => {} : screen.err
  // The file is read before connecting, so that a missing one fails immediately.
  const given = options.file === undefined ? message : readMessage(options.file)
  note(`Using ${target.description}`)
  using credentials = vending(context)
  screen.working('Requesting credentials')
  const identity = await credentials({ signal })
  note(describeVended(identity))
  requireGranted(identity, topic, retain)
  await using session = await connection(context, options, credentials)
  session.on('interrupted', (error) => screen.err(`Interrupted (${error.code}): ${withRemedy(error)}`))
  const ended = new AbortController()
  session.once('closed', (error) => ended.abort(error))
  if (given === undefined && process.stdin.isTTY) note('Each line is a message; press Ctrl-D to end.')
  const ending = AbortSignal.any([signal, ended.signal])
  const { sent, acknowledged, error } = await publishAll(
    given === undefined
      ? (stop) => lines(addAbortSignal(stop, process.stdin))
      : async function* () {
          yield given
        },
    (payload) => session.publish(topic, payload, { ...properties, qos, retain }),
    ending,
  )
  const done = qos === 0 ? 'sent' : 'acknowledged'
  if (json === true) {
    screen.out(JSON.stringify({ topic, qos, retain, messages: sent, [done]: acknowledged }))
  } else {
    screen.out(`${acknowledged} of ${sent} message${sent === 1 ? '' : 's'} to '${topic}' ${done}`)
  }
  if (error !== undefined) throw session.error ?? error
  return exitCodes.done
}

/** Called before connecting, because the first line of standard input may take a long time. */
function requireGranted({ vended }: VendedIdentity, topic: string, retain: boolean): void {
  const error = ungranted(vended, 'publish', topic, retain)
  if (error !== undefined) throw error
}

function readMessage(file: string): Uint8Array {
  try {
    return readFileSync(userPath(file))
  } catch (cause) {
    throw unreadable('The message', file, cause, 'Use a readable file of at most 128 KB.')
  }
}
