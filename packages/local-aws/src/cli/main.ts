#!/usr/bin/env node
import { join } from 'node:path'
import { findRunning, projectRoot, userPath } from '@topic-credentials/project'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { PackedPolicyEstimate } from '../sts/index.js'
import { shellExports } from './shell-exports.js'

/** What may be given to `pnpm local`. */
export interface LocalOptions {
  readonly assembly?: string
  readonly port: number
  readonly region?: string
  readonly packedPolicy: PackedPolicyEstimate
  readonly json?: true
  readonly logs?: true
  readonly env?: true
}

const program = new Command('local')
  .description(
    'Serves the synthesized stack on this machine: STS, IAM, the HTTP API and AWS IoT, with signatures and policies enforced',
  )
  .option('--assembly <folder>', "what 'cdk synth' wrote (default: cdk.out in the project's root)")
  .option(
    '--port <number>',
    'IoT on this port, API, STS, IAM and DynamoDB on the next four; 0: any free ones',
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
  pnpm local                                   serve cdk.out on ports 8443 to 8448
  eval "$(pnpm --silent local --env)"          then, in another terminal, aim aws-cli, boto3 and the SDKs at it
  pnpm local --json | jq 'select(.outcome == "refused")'`,
  )
  .action(async (options: LocalOptions) => {
    const root = projectRoot()
    if (options.env === true) {
      process.exitCode = await printExports(root)
      return
    }
    const { serve } = await import('./serve.js')
    await serve({ ...options, root, assembly: userPath(options.assembly ?? join(root, 'cdk.out')) })
  })

try {
  await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== '--'))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
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
  // Three more follow it.
  if (/^\d+$/u.test(text) && number <= 65_532) return number
  throw new InvalidArgumentError('It must be a whole number from 0 to 65532.')
}
