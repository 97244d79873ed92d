#!/usr/bin/env node
import { examples, programName } from '@topic-credentials/project'
import { Command } from 'commander'
import { ProbeError } from '../errors.js'

interface CommandOptions {
  readonly yes?: true
  readonly region?: string
  readonly iotEndpoint?: string
  readonly transcript: string
  readonly only?: string[]
}

const program = new Command(programName('probe'))
  .description(
    "Asks an AWS account what AWS's documentation leaves open, and says which defaults of the stand-in are wrong. It deploys a stack of its own (roles, a function that is called once), and deletes it at the end, also after a failure or Ctrl-C",
  )
  .option('--yes', 'do not ask before the stack is deployed')
  .option('--region <name>', 'default: AWS_REGION, or the profile’s')
  .option('--iot-endpoint <host>', 'of AWS IoT’s data plane (default: what AWS IoT says)')
  .option('--only <names...>', 'these questions alone')
  .option('--transcript <file>', 'where everything is written, without IDs and secrets', 'probe-transcript.txt')
  .addHelpText(
    'after',
    `
It takes about half an hour, most of it until credentials have expired and a changed policy is felt, and costs less than 1 USD: a hundred
connections and some thousand messages. Use an account that holds nothing else. Your identity needs rights to create IAM roles and a Lambda
function, and iot:DescribeEndpoint.

Ends with 0 when all defaults are right, with 1 when some are wrong, with 2 when something could not be asked, was not deployed or could not
be deleted, with 130 after Ctrl-C. What was answered by then is written in each case.
${examples('probe', [
  ['', 'name the account, and ask before anything is deployed'],
  ['--only sessionResume redelivery', 'ask these two questions'],
])}`,
  )
  .action(async (options: CommandOptions) => {
    // Loaded on demand: --help needs no SDK.
    const { probe } = await import('./run.js')
    process.exitCode = await probe(options)
  })

try {
  await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== '--'))
} catch (error) {
  const known = error instanceof ProbeError
  process.stderr.write(known ? `${error.message}. ${error.remedy}\n` : `${String(error)}\n`)
  const cause = known && error.cause instanceof Error ? error.cause.message : ''
  if (cause !== '' && !(error as Error).message.includes(cause)) process.stderr.write(`Before that: ${cause}\n`)
  process.exitCode = 2
}
