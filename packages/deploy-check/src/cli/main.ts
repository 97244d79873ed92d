#!/usr/bin/env node
import { examples, programName, withRemedy } from '@topic-credentials/project'
import { Command } from 'commander'
import { CheckCommandError } from './errors.js'

interface CheckOptions {
  readonly outputs?: string
  readonly json?: true
}

const program = new Command(programName('check'))
  .description('Runs the deploy check on the current stack: proves what vended credentials can and cannot do')
  .option('--outputs <file>', 'outputs of the stack (default: cdk-outputs.json, otherwise the running stand-in)')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    `
Exit code: 0 if everything passed, 1 if something failed, 2 if nothing was checked. The command needs lambda:InvokeFunction on the check's
function. Each deployment that changes a resource of the stack runs the same check; the command also finds changes that were made by hand.
${examples('check', [
  ['', 'the list, on the terminal'],
  ['--json', 'for machines'],
])}`,
  )
  .action(async ({ outputs, json }: CheckOptions) => {
    // Loaded on demand: --help needs no SDK.
    const { findTarget } = await import('./target.js')
    const { callCheck } = await import('./call.js')
    const target = await findTarget(outputs)
    process.stderr.write(`Checking ${target.description}. This takes some seconds, at most two minutes …\n`)
    const { passed, lines } = await callCheck(target)
    const failed = lines.filter((line) => line.startsWith('✗')).length
    const summary = passed
      ? `All ${lines.length} passed.`
      : `${failed} of ${lines.length} failed: docs/runbook.md#deploy-check`
    process.stdout.write(
      json === true ? `${JSON.stringify({ passed, lines })}\n` : `${[...lines, summary].join('\n')}\n`,
    )
    process.exitCode = passed ? 0 : 1
  })

try {
  await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== '--'))
} catch (error) {
  const known = error instanceof CheckCommandError
  process.stderr.write(known ? `${withRemedy(error)}\n` : `${String(error)}\n`)
  process.exitCode = 2
}
