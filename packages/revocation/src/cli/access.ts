#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { commandLine, examples, programName } from '@topic-credentials/project'
import { Command, Option } from 'commander'
import type { NamedBy } from '../user.js'
import type { GrantFlags, Whom } from './access-commands.js'

/** Values of an option that may be repeated. */
function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value]
}

const program = new Command(programName('access')).description(
  `Who may have what, without a deployment: the grants in the access table. ${commandLine('revoke')} takes access away`,
)

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--outputs <file>', 'outputs of the stack (default: cdk-outputs.json, else the stand-in that is running)')
    .option('--json', 'JSON in place of words')
}

function about(one: Command): Command {
  return one
    .option('--user <id>', 'the user ID that the vendor verified')
    .option('--group <name>', 'a group, as the tokens’ claim names it')
    .option('--role <name>', 'an IAM role: everybody who calls with a session of it')
    .addOption(
      new Option('--as <kind>', 'how the user is meant where it could be either').choices(['user-id', 'session-name']),
    )
}

function grants(one: Command): Command {
  return one
    .option(
      '--publish <filter>',
      'may be repeated; ${userId} and ${claims.<name>} are filled in at each vend',
      collect,
      [],
    )
    .option('--subscribe <filter>', 'may be repeated', collect, [])
    .option('--retain <filter>', 'may be repeated', collect, [])
}

type Common = Whom & GrantFlags & { readonly outputs?: string; readonly json?: true; readonly as?: NamedBy }

async function run<T extends Common>(
  options: T,
  action: (commands: typeof import('./access-commands.js'), options: T) => Promise<void>,
): Promise<void> {
  // Loaded when there is something to do: --help needs no SDK.
  await action(await import('./access-commands.js'), options)
}

about(command('get', 'what the table says about a user, group or role')).action((options: Common) =>
  run(options, (commands) => commands.get(options)),
)

grants(about(command('grant', 'adds grants')))
  .option('--until <date>', 'from when on all grants of the item count for nothing, such as 2026-12-31T00:00:00Z')
  .option('--dry-run', 'checks, and writes nothing')
  .action((options: Common & { readonly until?: string; readonly dryRun?: true }) =>
    run(options, (commands) => commands.grant(options)),
  )

grants(about(command('withdraw', 'takes grants away')))
  .option('--all', 'all that the item grants')
  .option('--dry-run', 'says what would be left, and writes nothing')
  .action((options: Common & { readonly all?: true; readonly dryRun?: true }) =>
    run(options, (commands) => commands.withdraw(options)),
  )

command('import', 'replaces the grants of many: a line of JSON for each, as export writes them')
  .argument('<file>', '- for standard input')
  .option('--dry-run', 'checks all lines, and writes nothing')
  .action((file: string, options: Common & { readonly dryRun?: true }) =>
    run(options, (commands) => commands.importAll(options, readFileSync(file === '-' ? 0 : file, 'utf8'))),
  )

command('export', 'all grants of the table, a line of JSON for each user, group and role').action((options: Common) =>
  run(options, (commands) => commands.exportAll(options)),
)

command('who', 'who reaches a topic by the table')
  .argument('<topic>')
  .action((topic: string, options: Common) => run(options, (commands) => commands.who(options, topic)))

command('explain', 'all that a user would get, by the file and the table, and from which of them')
  .requiredOption('--user <id>', 'the user ID')
  .option('--claims <file>', 'JSON with the claims of the user’s token')
  .option('--role <name>', 'the IAM role whose session the user is')
  .option('--groups-claim <name>', 'the claim that names groups, as the stack has it', 'groups')
  .option('--entitlements <file>', 'the file that is shipped with the function', 'infra/entitlements.json')
  .action((options: Common & { claims?: string; groupsClaim: string; entitlements: string }) =>
    run(options, (commands) => commands.explain(options)),
  )

program.addHelpText(
  'after',
  examples('access', [
    ["grant --user alice --subscribe 'tenants/t1/#'", ''],
    ["grant --group operators --subscribe 'devices/+/telemetry' --until 2026-12-31T00:00:00Z", ''],
    ['withdraw --user alice --all', ''],
    ['import users.jsonl --dry-run', ''],
    ['who tenants/t1/alerts', ''],
    ['explain --user alice --claims claims.json', ''],
  ]),
)

try {
  await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== '--'))
} catch (error) {
  const { name, message, remedy } = error as Error & { readonly remedy?: string }
  process.stderr.write(`${remedy === undefined ? `${name}: ${message}` : `${message} ${remedy}`}\n`)
  process.exitCode = 1
}
