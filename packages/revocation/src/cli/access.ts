#!/usr/bin/env node
import { commandLine, examples, programName } from '@topic-credentials/project'
import { Command, Option } from 'commander'
import type { NamedBy } from '../user.js'
import type { GrantFlags, Whom } from './access-commands.js'
import { failureLine } from './failure.js'

/** Collects the values of a repeatable option. */
function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value]
}

const program = new Command(programName('access')).description(
  `Manages the grants in the access table, which take effect without a deployment. To revoke access, use ${commandLine('revoke')}`,
)

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--outputs <file>', 'outputs of the stack (default: cdk-outputs.json, otherwise the running stand-in)')
    .option('--json', 'print JSON')
}

function about(one: Command): Command {
  return one
    .option('--user <id>', 'the user ID as verified by the vendor')
    .option('--group <name>', 'a group, as named in the claim of the tokens')
    .option('--role <name>', 'an IAM role: applies to all callers with a session of it')
    .addOption(
      new Option('--as <kind>', 'how to interpret the user if it could be either').choices(['user-id', 'session-name']),
    )
}

function grants(one: Command): Command {
  return one
    .option(
      '--publish <filter>',
      'topic filter, repeatable; ${userId} and ${claims.<name>} are filled in at each vend',
      collect,
      [],
    )
    .option('--subscribe <filter>', 'topic filter, repeatable', collect, [])
    .option('--retain <filter>', 'topic filter, repeatable', collect, [])
}

type Common = Whom & GrantFlags & { readonly outputs?: string; readonly json?: true; readonly as?: NamedBy }

async function run<T extends Common>(
  options: T,
  action: (commands: typeof import('./access-commands.js'), options: T) => Promise<void>,
): Promise<void> {
  // Loaded on demand: --help needs no SDK.
  await action(await import('./access-commands.js'), options)
}

function givesNone({ publish = [], subscribe = [], retain = [] }: GrantFlags): boolean {
  return [publish, subscribe, retain].every((filters) => filters.length === 0)
}

about(command('get', 'prints the entry of a user, group or role')).action((options: Common) =>
  run(options, (commands) => commands.get(options)),
)

grants(about(command('grant', 'adds grants')))
  .option('--until <date>', 'when all grants of the entry expire, such as 2026-12-31T00:00:00Z')
  .option('--dry-run', 'validate without writing')
  .action((options: Common & { readonly until?: string; readonly dryRun?: true }, one: Command) => {
    if (givesNone(options) && options.until === undefined) {
      one.error('error: pass --publish, --subscribe or --retain with a topic filter, or --until')
    }
    return run(options, (commands) => commands.grant(options))
  })

grants(about(command('withdraw', 'removes grants')))
  .option('--all', 'all grants of the entry')
  .option('--dry-run', 'print the current entry without writing')
  .action((options: Common & { readonly all?: true; readonly dryRun?: true }, one: Command) => {
    if (givesNone(options) && options.all !== true) {
      one.error('error: pass --publish, --subscribe or --retain with a topic filter, or --all')
    }
    return run(options, (commands) => commands.withdraw(options))
  })

command('import', 'replaces the grants of many entries: one line of JSON for each, in the format of export')
  .argument('<file>', '- for standard input')
  .option('--dry-run', 'validate all lines without writing')
  .action((file: string, options: Common & { readonly dryRun?: true }) =>
    run(options, (commands) => commands.importAll(options, file)),
  )

command('export', 'prints all grants of the table, one line of JSON for each user, group and role').action(
  (options: Common) => run(options, (commands) => commands.exportAll(options)),
)

command('who', 'finds the entries that grant a topic')
  .argument('<topic>')
  .action((topic: string, options: Common) => run(options, (commands) => commands.who(options, topic)))

command('explain', 'prints all grants of a user from the file and the table, with their source')
  .requiredOption('--user <id>', 'the user ID')
  .option('--claims <file>', 'JSON file with the claims of the user’s token')
  .option('--role <name>', 'the IAM role of the user’s session')
  .option('--groups-claim <name>', 'the claim with the groups, as configured in the stack', 'groups')
  .option('--entitlements <file>', 'the entitlements file of the deployed function', 'infra/entitlements.json')
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
  process.stderr.write(`${failureLine(error)}\n`)
  // As a shell counts it: 128 and the number of SIGINT.
  process.exitCode = (error as { readonly code?: unknown }).code === 'interrupted' ? 130 : 1
}
