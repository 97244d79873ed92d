#!/usr/bin/env node
import { examples, programName, withRemedy } from '@topic-credentials/project'
import { Command } from 'commander'
import { ProbeError } from '../errors.js'
import type { ProbeCommand } from './run.js'

const program = new Command(programName('probe'))
  .description(
    "Tests questions that AWS's documentation does not answer in an AWS account, and reports which defaults of the stand-in are wrong. It deploys its own stack (roles, a function that is called once) and deletes it at the end, also after a failure or Ctrl-C",
  )
  .option('--yes', 'do not ask before the stack is deployed')
  .option('--region <name>', 'the Region (default: AWS_REGION)')
  .option('--iot-endpoint <host>', 'host of AWS IoT’s data plane (default: the endpoint that AWS IoT returns)')
  .option('--only <names...>', 'ask only these questions')
  .option('--transcript <file>', 'file for all answers, without IDs and secrets', 'probe-transcript.txt')
  .addHelpText(
    'after',
    `
A run takes about half an hour, mostly waiting until credentials expire and a changed policy takes effect. It costs less than 1 USD: a hundred
connections and some thousand messages. Use an account that contains nothing else. Your identity needs permission to create IAM roles and a
Lambda function, and iot:DescribeEndpoint.

Exit code: 0 if all defaults are right, 1 if some are wrong, 2 if a question could not be asked or the stack could not be deployed or deleted,
130 after Ctrl-C. The answers up to then are written in each case.
${examples('probe', [
  ['', 'name the account, and ask before anything is deployed'],
  ['--only sessionResume redelivery', 'ask these two questions'],
])}`,
  )
  .action(async (options: ProbeCommand) => {
    // Loaded on demand: --help needs no SDK.
    const { probe } = await import('./run.js')
    process.exitCode = await probe(options)
  })

try {
  await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== '--'))
} catch (error) {
  const known = error instanceof ProbeError
  process.stderr.write(known ? `${withRemedy(error)}\n` : `${String(error)}\n`)
  const cause = known && error.cause instanceof Error ? error.cause.message : ''
  if (cause !== '' && !(error as Error).message.includes(cause)) process.stderr.write(`Before that: ${cause}\n`)
  process.exitCode = 2
}
