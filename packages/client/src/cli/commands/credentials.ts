import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { durationLimits, type GrantKind, parseGrants } from '@topic-credentials/grants'
import { outputsFile, projectRoot } from '@topic-credentials/project'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { AskedGrants, VendedIdentity } from '../../credentials/vendor-options.js'
import { asTyped } from '../as-typed.js'
import type { Chosen, Context } from '../command.js'
import { exitCodes } from '../exit-code.js'
import type { SharedOptions } from '../options.js'
import type { Target } from '../target/target.js'
import { vending } from '../target/vending.js'
import { describeVended } from '../terminal/reporter.js'

interface CredentialsOptions extends SharedOptions {
  readonly format: keyof typeof formats
  readonly publish?: readonly string[]
  readonly subscribe?: readonly string[]
  readonly retain?: readonly string[]
  /** Seconds. */
  readonly duration?: number
}

const formats = { json, env, 'credential-process': credentialProcess } as const

export function declareCredentials(program: Command, choose: (chosen: Chosen) => void): void {
  const command = program.command('credentials')
  command
    .description('request credentials and print them on stdout (they are secret)')
    .addOption(new Option('--format <format>', 'output format').choices(Object.keys(formats)).default('json'))
    .option('--publish <filter...>', 'request only permission to publish to this topic or filter', filters('publish'))
    .option(
      '--subscribe <filter...>',
      'request only permission to subscribe to this topic or filter',
      filters('subscribe'),
    )
    .option(
      '--retain <filter...>',
      'request only permission to publish with RETAIN to this topic or filter',
      filters('retain'),
    )
    .option(
      '--duration <seconds>',
      `lifetime, ${durationLimits.minimum} to ${durationLimits.maximum} (default: the maximum)`,
      duration,
    )
    .addHelpText('after', () => help())
    .allowExcessArguments(false)
    .action(() => {
      const options = command.optsWithGlobals<CredentialsOptions>()
      if (options.json === true && options.format !== 'json') {
        command.error(`error: --json and --format ${options.format} contradict each other`)
      }
      choose({ options, run: (context) => credentials(context, options) })
    })
}

async function credentials(context: Context, options: CredentialsOptions): Promise<number> {
  const { target, screen, signal } = context
  const { publish, subscribe, retain, duration: durationSeconds, format, json: machine } = options
  const request: AskedGrants = {
    ...(publish && { publish }),
    ...(subscribe && { subscribe }),
    ...(retain && { retain }),
    ...(durationSeconds && { durationSeconds }),
  }
  // A program that runs this command as a credential process treats output on stderr as an error.
  const quiet = machine === true || format === 'credential-process'
  if (!quiet) screen.err(`Using ${target.description}`)
  if (target.endsWithCommand === true) {
    screen.err(
      'These credentials are only valid until this command ends. For credentials that last, first run `npm run local` in another terminal.',
    )
  }
  using vendor = vending(context, request)
  screen.working('Requesting credentials')
  const identity = await vendor({ signal })
  screen.clear()
  if (!quiet) screen.err(describeVended(identity))
  screen.out(formats[format](identity, target))
  return exitCodes.done
}

/** In the format of the vendor's response. */
function json({ accessKeyId, secretAccessKey, sessionToken, expiration }: VendedIdentity): string {
  return JSON.stringify({ accessKeyId, secretAccessKey, sessionToken, expiration: expiration.toISOString() })
}

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
function credentialProcess({ accessKeyId, secretAccessKey, sessionToken, expiration }: VendedIdentity): string {
  return JSON.stringify({
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration.toISOString(),
  })
}

/**
 * In the format of the environment variables of the AWS command line and SDKs; the endpoint is the account's own.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
function env(
  { accessKeyId, secretAccessKey, sessionToken, expiration, vended }: VendedIdentity,
  target: Target,
): string {
  const variables = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_CREDENTIAL_EXPIRATION: expiration.toISOString(),
    AWS_REGION: vended.region,
    // Version 1 of the AWS command line and boto3 only read this variable.
    AWS_DEFAULT_REGION: vended.region,
    AWS_ENDPOINT_URL_IOT_DATA_PLANE: `https://${vended.endpoint}`,
    ...(target.caFile === undefined ? {} : { AWS_CA_BUNDLE: target.caFile }),
  }
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join('\n')
}

/** Quotes any string as one word of a POSIX shell. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`
}

/** Validates each filter immediately; the vendor decides whether the caller is entitled to it. */
function filters(kind: GrantKind): (text: string, previous?: readonly string[]) => readonly string[] {
  return (text, previous = []) => {
    try {
      parseGrants({ [kind]: [text] })
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
    }
    return [...previous, text]
  }
}

function duration(text: string): number {
  const seconds = Number(text)
  const { minimum, maximum } = durationLimits
  if (/^\d+$/u.test(text) && seconds >= minimum && seconds <= maximum) return seconds
  throw new InvalidArgumentError(`It must be an integer number of seconds from ${minimum} to ${maximum}.`)
}

/** Contains the paths of this machine, so that the line works unchanged for a deployed stack and for a stand-in. */
function help(): string {
  const main = fileURLToPath(new URL('../main.js', import.meta.url))
  const root = projectRoot()
  const profile = isDeployed(root) ? ' --profile default' : ''
  return asTyped(`
Examples:
  $ eval "$(npm start --silent -- credentials --format env)"
  $ npm start --silent -- credentials --publish users/me/log --duration 900

For the AWS command line and every AWS SDK, two lines in ~/.aws/config:

  [profile topics]
  credential_process = "${process.execPath}" "${main}" credentials --format credential-process --outputs "${root}"${profile}

  $ printf hello > message && aws iot-data publish --profile topics --topic test --payload fileb://message

--profile selects the profile with your own credentials; it must not be the profile that runs this command. For a stand-in of that
folder, omit --profile: the command uses the keys of the stand-in.`)
}

/** Whether the folder has a deployed stack, for which the caller's own credentials are needed. */
function isDeployed(root: string): boolean {
  const outputs = join(root, outputsFile)
  return existsSync(outputs) && !existsSync(join(root, '.local-aws/running.json'))
}
