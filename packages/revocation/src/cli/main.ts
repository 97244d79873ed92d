#!/usr/bin/env node
import { examples, programName } from '@topic-credentials/project'
import { Command, Option } from 'commander'
import type { NamedBy } from '../user.js'

interface RevokeOptions {
  readonly clientId: readonly string[]
  readonly signOut?: true
  readonly undo?: true
  readonly list?: true
  readonly clear?: true
  readonly repair?: true
  readonly role?: string
  readonly as?: NamedBy
  readonly outputs?: string
  readonly json?: true
}

const program = new Command(programName('revoke'))
  .description("Takes a user's access away at once: live sessions, new credentials, and the connections that you name")
  .argument('[user]', 'the user ID that the vendor verified, such as the "sub" of a token or an IAM user name')
  .addOption(
    new Option('--client-id <id>', 'close this connection too; may be repeated')
      .argParser((id, ids: string[]) => [...ids, id])
      .default([])
      .conflicts(['undo', 'list']),
  )
  .addOption(
    new Option('--sign-out', 'end the sessions of before; new credentials are still vended').conflicts([
      'undo',
      'list',
    ]),
  )
  .addOption(new Option('--undo', 'let the user have new credentials again').conflicts('list'))
  .addOption(new Option('--list', 'who is revoked').conflicts('clear'))
  .addOption(
    new Option(
      '--clear',
      'everybody has access again, and nothing is left that would keep the stack from being destroyed',
    ).conflicts(['clientId', 'signOut', 'undo', 'list']),
  )
  .addOption(
    new Option('--repair', 'make what the role denies follow from the marks in the table, once more').conflicts([
      'clientId',
      'signOut',
      'undo',
      'list',
      'clear',
    ]),
  )
  .addOption(
    new Option('--role <name>', 'everybody who calls with a session of this IAM role, whatever its name').conflicts([
      'clientId',
      'list',
      'clear',
      'repair',
    ]),
  )
  .addOption(
    new Option('--as <kind>', 'how USER is meant where it could be either').choices(['user-id', 'session-name']),
  )
  .option('--outputs <file>', 'outputs of the stack (default: cdk-outputs.json, else the stand-in that is running)')
  .option('--json', 'one JSON object')
  .addHelpText(
    'after',
    examples('revoke', [
      ['alice', 'alice has no access any more'],
      ['alice --client-id alice:laptop', '… and that connection is closed'],
      ['alice --sign-out', 'a lost laptop: alice may sign in again'],
      ['--undo alice', 'access again, with new credentials only'],
      ['--role Dev', 'nobody who calls as the IAM role Dev has access any more'],
      ['--list', 'who is revoked'],
      ['--repair', 'a role or the table was changed by hand: make them agree'],
      ['--clear', 'before the stack is destroyed: nobody is revoked any more'],
    ]),
  )
  .action(async (user: string | undefined, options: RevokeOptions, command: Command) => {
    const whole = (['list', 'clear', 'repair'] as const).find((name) => options[name] === true)
    const who = user ?? options.role
    if (who === undefined && whole === undefined) {
      command.error('error: name a USER or a --role, or ask for --list, --clear or --repair')
    }
    if (user !== undefined && whole !== undefined) command.error(`error: --${whole} takes no USER`)
    if (user !== undefined && options.role !== undefined) command.error('error: --role takes no USER')
    const print = (result: object, lines: readonly string[]) =>
      process.stdout.write(`${options.json === true ? JSON.stringify(result) : lines.join('\n')}\n`)
    // Loaded when there is something to do: --help needs no SDK.
    const { findTarget } = await import('./target.js')
    const { progressOn } = await import('./progress.js')
    const { Revoker } = await import('../revoker.js')
    const { clearedLines, everybodyLine, listLines, repairedLines, revokedLines, undoneLines } = await import(
      './report.js'
    )
    const target = await findTarget(options.outputs)
    process.stderr.write(`At ${target.description}\n`)
    const progress = progressOn(process.stderr)
    const revoker = new Revoker({
      ...target,
      onEverybody: (event) => process.stderr.write(`${everybodyLine(event)}\n`),
      onProgress: (items) => progress.at(items),
    })
    if (options.clear === true) {
      const cleared = await revoker.clear()
      print(cleared, clearedLines(cleared))
      return
    }
    if (options.repair === true) {
      const result = await revoker.repair()
      print(result, repairedLines(result))
      return
    }
    if (who === undefined) {
      const list = await revoker.list()
      print(list, listLines(list))
      return
    }
    const { as: namedBy, clientId: clientIds, role } = options
    if (options.undo === true) {
      const result = await revoker.undo({ user, namedBy, role })
      print(result, undoneLines(result))
      return
    }
    const revocation = { user, namedBy, clientIds, role }
    const result = await (options.signOut === true ? revoker.signOut(revocation) : revoker.revoke(revocation))
    print(result, revokedLines(result, options.signOut === true))
  })

try {
  await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== '--'))
} catch (error) {
  const { name, message, remedy } = error as Error & { readonly remedy?: string }
  process.stderr.write(
    `${name === 'RevocationError' || name === 'AccessError' ? `${message}. ${remedy}` : `${name}: ${message}`}\n`,
  )
  process.exitCode = 1
}
