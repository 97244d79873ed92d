#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { TopicCredentialsError } from '../errors.js'
import { EXIT, exitCodeOf } from './exit-code.js'
import { findTarget } from './find-target.js'
import { listen } from './listen.js'
import { type Options, parseOptions } from './options.js'
import { JsonReporter, TextReporter } from './reporter.js'
import type { Target } from './target.js'
import { userPath } from './workspace.js'

// Ends the process by itself: the SDK’s MQTT 5 client lingers for seconds after it is closed.
process.exit(await main(process.argv.slice(2)))

async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  process.once('SIGTERM', () => interrupt.abort())
  // Whoever read the output (`| head -1`) has gone: there is nobody to tell.
  process.stdout.once('error', () => interrupt.abort())
  try {
    return await run(parseOptions(argv), interrupt.signal)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    if (interrupt.signal.aborted) return EXIT.interrupted
    process.stderr.write(explained(error))
    return exitCodeOf(error)
  }
}

async function run(options: Options, interrupt: AbortSignal): Promise<number> {
  const reporter =
    options.json === true ? new JsonReporter(out) : new TextReporter(out, err, process.stdout.isTTY === true)
  const ca = options.ca === undefined ? undefined : readCertificates(options.ca)
  await using target = options.url === undefined ? await findTarget(options.outputs) : vendorAt(options.url)
  reporter.target(target.description)
  const deadline = new AbortController()
  const timer =
    options.timeout === undefined
      ? undefined
      : setTimeout(() => deadline.abort(timedOut(options)), options.timeout * 1000)
  try {
    return await listen(target, { ...options, ca }, reporter, AbortSignal.any([interrupt, deadline.signal]))
  } finally {
    clearTimeout(timer)
  }
}

function out(line: string): void {
  process.stdout.write(`${line}\n`)
}

function err(line: string): void {
  process.stderr.write(`${line}\n`)
}

function vendorAt(url: string): Target {
  return { description: `the vendor ${url}`, credentialsUrl: url, [Symbol.asyncDispose]: async () => {} }
}

function readCertificates(file: string): string {
  try {
    return readFileSync(userPath(file), 'utf8')
  } catch (cause) {
    throw new TopicCredentialsError(`The CA file cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      code: 'invalid_argument',
      value: file,
      remedy: 'Give a PEM file, for example AmazonRootCA1.pem, or leave --ca out to trust what the system trusts.',
      cause,
    })
  }
}

function timedOut({ timeout, count, topic }: Options): TopicCredentialsError {
  const awaited = count === undefined ? '' : ` for ${count} message(s) of '${topic}'`
  return new TopicCredentialsError(`${timeout} s are over${awaited}`, {
    code: 'timed_out',
    value: `${timeout} s`,
    remedy: 'Allow more time with --timeout, or publish something to the topic.',
  })
}

/** What a person needs; the stack only where the error is not one of ours. */
function explained(error: unknown): string {
  if (error instanceof TopicCredentialsError) return `Error (${error.code}): ${error.message}\n  ${error.remedy}\n`
  return `Unexpected error: ${error instanceof Error ? error.stack : String(error)}\n`
}
