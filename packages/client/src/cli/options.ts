import { Command, InvalidArgumentError, Option } from 'commander'
import type { QoS } from '../transport.js'

/** The command line, parsed. */
export interface Options {
  readonly topic: string
  readonly publish?: string
  readonly qos: QoS
  readonly count?: number
  /** Seconds. */
  readonly timeout?: number
  readonly mqtt: 3 | 5
  readonly outputs?: string
  readonly url?: string
  readonly endpoint?: string
  readonly region?: string
  /** Path of a PEM file. */
  readonly ca?: string
  readonly json?: true
}

const EXAMPLES = `
Examples:
  $ npm start                                               listen to 'test' until Ctrl-C
  $ npm start -- --publish '{"hello":"world"}' --count 1    publish, receive it, end
  $ npm start -- --topic users/me/inbox --json              one JSON object a line
  $ npm start -- --outputs ../other/cdk-outputs.json        somebody else's deployment

It talks to the first of these that is there: --url; --outputs or cdk-outputs.json (a deployed stack); a stand-in for AWS
that runs in another terminal; one of its own. Messages go to stdout, everything else to stderr.

Exit codes: 0 done, 2 wrong usage, 3 not granted, 4 no credentials, 5 no connection, 6 timed out, 130 interrupted before
--count messages came, 1 anything else.`

/**
 * @param argv without node and script; a separating `--` in front is allowed, because pnpm hands it on as it is
 * @throws CommanderError for wrong usage, and (with exit code 0) after `--help`
 */
export function parseOptions(argv: readonly string[]): Options {
  const words = argv[0] === '--' ? argv.slice(1) : argv
  const command = program().parse(words, { from: 'user' })
  const options = command.opts<Options>()
  if (options.publish !== undefined && /[+#]/.test(options.topic))
    command.error(`error: --publish needs one topic; '${options.topic}' is a filter. Give it with --topic.`)
  return options
}

function program(): Command {
  return new Command('topic-credentials')
    .description(
      'Vends credentials for your topics, connects to AWS IoT Core with them, prints the messages of one topic.',
    )
    .option('-t, --topic <filter>', 'topic or topic filter to listen to', 'test')
    .option('-p, --publish <text>', 'publish this to the topic, after subscribing')
    .addOption(new Option('-q, --qos <level>', 'quality of service, 0 or 1').argParser(oneOf(0, 1)).default(1))
    .option('-n, --count <messages>', 'end after so many messages', positiveInteger)
    .option('--timeout <seconds>', 'give up after so long', positiveNumber)
    .addOption(new Option('--mqtt <version>', 'MQTT version: 3 (3.1.1) or 5').argParser(oneOf(3, 5)).default(5))
    .option('--outputs <file>', 'outputs of a deployed stack (default: cdk-outputs.json, where it is there)')
    .option('--url <url>', 'credential vendor: the output CredentialsUrl of a stack')
    .option('--endpoint <host>', 'IoT endpoint, instead of the one that the vendor names')
    .option('--region <region>', 'AWS region, where the outputs do not name it')
    .option('--ca <file>', 'PEM file of the certificate authority, where the system’s do not do')
    .option('--json', 'print one JSON object per event')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
}

function oneOf(...allowed: readonly number[]): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text !== '' && allowed.includes(value)) return value
    throw new InvalidArgumentError(`Allowed: ${allowed.join(', ')}.`)
  }
}

function positiveInteger(text: string): number {
  const value = positiveNumber(text)
  if (Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number.')
}

function positiveNumber(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}
