#!/usr/bin/env node
import { examples, programName } from '@topic-credentials/project'
import { Command, Option } from 'commander'
import type { NamedBy } from '../user.js'
import { failureLine } from './failure.js'

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
  .description('Revokes the access of a user: existing sessions, new credentials, and the given connections')
  .argument('[user]', 'the user ID as verified by the vendor, such as the "sub" of a token or an IAM user name')
  .addOption(
    new Option('--client-id <id>', 'also close this connection; repeatable')
      .argParser((id, ids: string[]) => [...ids, id])
      .default([])
      .conflicts(['undo', 'list']),
  )
  .addOption(
    new Option('--sign-out', 'only end the existing sessions; the user can get new credentials').conflicts([
      'undo',
      'list',
    ]),
  )
  .addOption(new Option('--undo', 'allow the user to get new credentials again').conflicts('list'))
  .addOption(new Option('--list', 'print all revocations').conflicts('clear'))
  .addOption(
    new Option(
      '--clear',
      'remove all revocations and the policies that would block the deletion of the stack',
    ).conflicts(['clientId', 'signOut', 'undo', 'list']),
  )
  .addOption(
    new Option('--repair', 'rebuild the Deny statements of the topic role from the revocations in the table').conflicts(
      ['clientId', 'signOut', 'undo', 'list', 'clear'],
    ),
  )
  .addOption(
    new Option('--role <name>', 'all callers with a session of this IAM role, with any session name').conflicts([
      'clientId',
      'list',
      'clear',
      'repair',
    ]),
  )
  .addOption(
    new Option('--as <kind>', 'how to interpret USER if it could be either').choices(['user-id', 'session-name']),
  )
  .option('--outputs <file>', 'outputs of the stack (default: cdk-outputs.json, otherwise the running stand-in)')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    examples('revoke', [
      ['alice', 'revoke the access of alice'],
      ['alice --client-id alice:laptop', 'and close this connection'],
      ['alice --sign-out', 'end the sessions of a lost laptop; alice can sign in again'],
      ['--undo alice', 'restore access, with new credentials only'],
      ['--role Dev', 'revoke the access of all callers with the IAM role Dev'],
      ['--list', 'print all revocations'],
      ['--repair', 'after a role or the table was edited by hand'],
      ['--clear', 'before the stack is destroyed: remove all revocations'],
    ]),
  )
  .action(async (user: string | undefined, options: RevokeOptions, command: Command) => {
    const whole = (['list', 'clear', 'repair'] as const).find((name) => options[name] === true)
    const who = user ?? options.role
    if (who === undefined && whole === undefined) {
      command.error('error: pass a USER or --role, or one of --list, --clear and --repair')
    }
    if (user !== undefined && whole !== undefined) command.error(`error: --${whole} does not accept a USER`)
    if (user !== undefined && options.role !== undefined) command.error('error: --role does not accept a USER')
    const print = (result: object, lines: readonly string[]) =>
      process.stdout.write(`${options.json === true ? JSON.stringify(result) : lines.join('\n')}\n`)
    // Loaded on demand: --help needs no SDK.
    const { findTarget } = await import('./target.js')
    const { progress } = await import('./progress.js')
    const { Revoker } = await import('../revoker.js')
    const { clearedLines, everybodyLine, iamOnlyLine, listLines, repairedLines, revokedLines, undoneLines } =
      await import('./report.js')
    const target = await findTarget(options.outputs)
    process.stderr.write(`At ${target.description}\n`)
    if (target.table === undefined) process.stderr.write(`${iamOnlyLine}\n`)
    const revoker = new Revoker({
      ...target,
      onEverybody: (event) => process.stderr.write(`${everybodyLine(event)}\n`),
      onProgress: progress(10_000, (items) => `${items} items read`),
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
  process.stderr.write(`${failureLine(error)}\n`)
  process.exitCode = 1
}
