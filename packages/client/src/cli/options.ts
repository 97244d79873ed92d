import { isRecord, parseJson } from '@topic-credentials/grants'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { QoS, TransportKind } from '../connection/transport.js'

/** Options of every command: the vendor, the caller's identity, the output format. */
export interface SharedOptions {
  readonly outputs?: string
  readonly url?: string
  /** AWS profile whose credentials sign the request to the vendor. */
  readonly profile?: string
  /** Path of a file with a bearer token. */
  readonly tokenFile?: string
  /** The user to sign in at the stand-in. */
  readonly as?: string
  /** The claim `groups` of that user. */
  readonly groups?: readonly string[]
  /** Further claims of that user. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly region?: string
  /** Path of a PEM file. */
  readonly ca?: string
  /** Seconds. */
  readonly timeout?: number
  readonly json?: true
}

/** Options of the commands that connect. */
export interface ConnectionOptions {
  readonly qos: QoS
  readonly mqtt: 3 | 5
  readonly transport?: TransportKind
  readonly endpoint?: string
  readonly verbose?: true
}

/** Declares `SharedOptions` on the program, so that they are accepted before and after the command's name. */
export function withSharedOptions(program: Command): Command {
  return program
    .option(
      '--outputs <file>',
      'outputs of a deployed stack, or the folder of a project (default: the current project)',
    )
    .option('--url <url>', 'credential vendor: the output CredentialsUrl of a stack')
    .option('--profile <name>', 'AWS profile for the request to the vendor (default: the AWS credential chain)')
    .addOption(
      new Option(
        '--token-file <file>',
        'authenticate with the bearer token in this file, which is read again for each request',
      ).conflicts('profile'),
    )
    .addOption(
      new Option('--as <user>', 'sign in to the stand-in as this user; needs no AWS account').conflicts([
        'profile',
        'tokenFile',
        'url',
        'outputs',
      ]),
    )
    .option('--groups <names>', "with --as: the claim 'groups', separated by commas", names)
    .option('--claims <json>', 'with --as: further claims, as a JSON object', jsonObject)
    .option('--region <region>', 'AWS region, if it is not in the outputs')
    .option('--ca <file>', 'PEM file of the certificate authority, if the system’s trust store is not enough')
    .option('--timeout <seconds>', 'give up after this time', positiveNumber)
    .option('--json', 'print JSON, one object per line')
}

/** Declares `ConnectionOptions`. */
export function withConnectionOptions(command: Command): Command {
  return command
    .addOption(new Option('-q, --qos <level>', 'quality of service, 0 or 1').argParser(oneOf(0, 1)).default(1))
    .addOption(new Option('--mqtt <version>', 'MQTT version: 3 (3.1.1) or 5').argParser(oneOf(3, 5)).default(5))
    .addOption(
      new Option(
        '--transport <kind>',
        'device-sdk (default), or websocket, which starts faster and supports only MQTT 5',
      ).choices(['device-sdk', 'websocket']),
    )
    .option('--endpoint <host>', 'IoT endpoint, instead of the one that the vendor returns')
    .option('--verbose', 'print the device SDK’s log to stderr; it contains the access key ID but no secrets')
}

/** Ends with a usage error if the topic is a topic filter. */
export function requireTopic(command: Command, option: string, topic: string): void {
  if (!/[+#]/u.test(topic)) return
  command.error(`error: ${option} requires a topic, but '${topic}' is a topic filter. Set a topic with --topic.`)
}

function oneOf(...allowed: readonly number[]): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text !== '' && allowed.includes(value)) return value
    throw new InvalidArgumentError(`Allowed values: ${allowed.join(', ')}.`)
  }
}

function names(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim())
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text)
  if (isRecord(value)) return value
  throw new InvalidArgumentError('It must be a JSON object, such as {"tenant":"blue"}.')
}

export function positiveInteger(text: string): number {
  const value = positiveNumber(text)
  if (Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be an integer.')
}

function positiveNumber(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}
