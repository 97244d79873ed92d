#!/usr/bin/env node
import { CommanderError } from 'commander'
import { TopicCredentialsError } from '../errors.js'
import type { Chosen } from './command.js'
import { exitCodeOf, exitCodes } from './exit-code.js'
import { parseCommandLine } from './program.js'
import { findTarget } from './target/find-target.js'
import { Screen } from './terminal/screen.js'
import { visible } from './terminal/visible.js'

// Exits explicitly: the SDK’s MQTT 5 client stays active for seconds after it is closed.
process.exit(await main(process.argv.slice(2)))

async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  process.once('SIGTERM', () => interrupt.abort())
  // The reader of the output (`| head -1`) closed the pipe.
  process.stdout.once('error', () => interrupt.abort())
  const { stdout, stderr, env } = process
  const screen = new Screen({ stdout, stderr, env, live: !argv.includes('--json') })
  try {
    return await run(parseCommandLine(argv), screen, interrupt.signal)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    if (interrupt.signal.aborted) return exitCodes.interrupted
    screen.err(explained(error, screen.errColours.red))
    return exitCodeOf(error)
  }
}

async function run(chosen: Chosen, screen: Screen, interrupt: AbortSignal): Promise<number> {
  if ('runOffline' in chosen) return chosen.runOffline({ screen, signal: interrupt })
  const { options, run: command } = chosen
  const deadline = new AbortController()
  const { timeout } = options
  try {
    screen.working('Looking for a credential vendor')
    await using target = await findTarget(options, (line) => screen.err(line))
    if (target.notice !== undefined) screen.err(`! ${target.notice}`)
    const timer =
      timeout === undefined ? undefined : setTimeout(() => deadline.abort(timedOut(timeout)), timeout * 1000)
    try {
      return await command({ target, options, screen, signal: AbortSignal.any([interrupt, deadline.signal]) })
    } finally {
      clearTimeout(timer)
    }
  } finally {
    screen.clear()
  }
}

function timedOut(timeout: number): TopicCredentialsError {
  return new TopicCredentialsError(`The command did not finish within ${timeout} s`, {
    code: 'timed_out',
    value: `${timeout} s`,
    remedy: 'Allow more time with --timeout.',
  })
}

/** The message and remedy; the stack trace only for unexpected errors. */
function explained(error: unknown, red: (text: string) => string): string {
  if (!(error instanceof TopicCredentialsError)) {
    return `${red('Unexpected error')}: ${error instanceof Error ? error.stack : String(error)}`
  }
  return `${red(`Error (${error.code})`)}: ${visible(error.message + why(error))}\n  ${visible(error.remedy)}`
}

/** For missing credentials, the reason is only in the message of the AWS credential chain. */
function why({ code, cause }: TopicCredentialsError): string {
  return code === 'credentials_not_found' && cause instanceof Error ? `: ${cause.message.trim()}` : ''
}
