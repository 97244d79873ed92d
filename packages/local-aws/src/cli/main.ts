#!/usr/bin/env node
import { join } from 'node:path'
import { findRunning, projectRoot, userPath } from '@topic-credentials/project'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { PackedPolicyEstimate } from '../sts/index.js'
import { shellExports } from './shell-exports.js'

/** What may be given to `pnpm local`. */
export interface LocalOptions {
  /** True: the project's cdk.out. */
  readonly assembly?: string | true
  readonly fresh?: true
  readonly ignoreUnknown?: true
  readonly port: number
  readonly region?: string
  readonly packedPolicy: PackedPolicyEstimate
  readonly json?: true
  readonly logs?: true
  readonly env?: true
}

const program = new Command('local')
  .description(
    'An AWS account on this machine, bootstrapped for the CDK: deploy into it with npm run deploy:local. Signatures are verified and policies enforced',
  )
  .option(
    '--assembly [folder]',
    "realise what 'cdk synth' wrote at once, without the CDK (default: cdk.out); nothing is kept",
  )
  .option('--fresh', 'begin with an empty account: what was deployed here before is forgotten')
  .option('--ignore-unknown', 'leave resources out whose type is not modelled, in place of refusing their stack')
  .option(
    '--port <number>',
    'IoT on this port, API, STS, IAM, DynamoDB, browsers and all services together on the next six; 0: any free ones',
    port,
    8443,
  )
  .option('--region <name>', 'region to be in, where the app leaves it open (default: us-east-1)')
  .addOption(
    new Option('--packed-policy <estimate>', "what STS refuses session policies by: AWS's packing is not public")
      .choices(['low', 'high', 'off'])
      .default('high'),
  )
  .option('--json', 'one JSON object per event, for machines')
  .option('--logs', "show the functions' log lines too")
  .option('--env', 'print shell exports that aim the AWS tools at the stand-in that is running, and end')
  .addHelpText(
    'after',
    `
Examples:
  npm run local                                an account on ports 8443 to 8449; what was deployed before comes back
  npm run deploy:local                         then, in another terminal: the real cdk deploy into it
  eval "$(pnpm --silent local --env)"          or aim cdk, aws-cli, boto3 and the SDKs at it, and type what you want
  pnpm local --assembly                        cdk.out at once, for a look
  pnpm local --json | jq 'select(.outcome == "refused")'`,
  )
  .action(async (options: LocalOptions) => {
    const root = projectRoot()
    if (options.env === true) {
      process.exitCode = await printExports(root)
      return
    }
    const { serve } = await import('./serve.js')
    const { assembly, ...others } = options
    await serve({
      ...others,
      root,
      ...(assembly === undefined ? {} : { assembly: assembly === true ? join(root, 'cdk.out') : userPath(assembly) }),
    })
  })

try {
  await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== '--'))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  if (error instanceof Error && 'remedy' in error && typeof error.remedy === 'string') {
    console.error(`  ${error.remedy}`)
  }
  process.exitCode = 1
}

async function printExports(root: string): Promise<number> {
  const running = await findRunning({ directory: root })
  if (running === undefined) {
    console.error(`No stand-in is running for ${root}. Start one with: pnpm local`)
    return 1
  }
  process.stdout.write(shellExports(running))
  return 0
}

function port(text: string): number {
  const number = Number(text)
  // Six more follow it.
  if (/^\d+$/u.test(text) && number <= 65_529) return number
  throw new InvalidArgumentError('It must be a whole number from 0 to 65529.')
}
