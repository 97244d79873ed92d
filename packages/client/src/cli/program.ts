import { Command } from 'commander'
import { asTyped } from './as-typed.js'
import type { Chosen, Declare } from './command.js'
import { declareCredentials } from './commands/credentials.js'
import { declareExplain } from './commands/explain.js'
import { declareListen } from './commands/listen.js'
import { declareProve } from './commands/prove.js'
import { declarePublish } from './commands/publish.js'
import { declareWhoami } from './commands/whoami.js'
import { withSharedOptions } from './options.js'

/** In the order of the help text. */
const allCommands: readonly Declare[] = [
  declareListen,
  declarePublish,
  declareCredentials,
  declareExplain,
  declareWhoami,
  declareProve,
]

const examples = `
Examples:
  $ npm start                                               listen to 'test' until Ctrl-C
  $ npm start -- --publish '{"hello":"world"}' --count 1    publish a message, receive it, end
  $ npm start -- --topic users/me/inbox --json              one JSON object per line
  $ npm start -- --outputs ../other/cdk-outputs.json        another project's deployment
  $ npm start -- publish hello                              publish one message
  $ npm start -- whoami                                     show my grants and their expiration
  $ npm start -- --as alice --groups operators              as a user of the stand-in, with these claims
  $ npm start -- explain subscribe devices/+/state          is it allowed, and by which grant
  $ npm start -- prove infra/entitlements.json              does every policy allow exactly its grants
  $ npm start -- listen --help                              the options of one command

The command uses the first of these that exists: --url; --outputs or cdk-outputs.json (a deployed stack); a running stand-in for
AWS; a stand-in that it starts itself. Results go to stdout, everything else to stderr.

Exit codes: 0 done, 2 wrong usage, 3 not granted, 4 no credentials, 5 no connection, 6 timed out, 130 interrupted before the
command was done, 1 other errors.`

/**
 * @param argv without node and script; a leading `--` is allowed, because pnpm passes it through
 * @throws CommanderError for wrong usage, and (with exit code 0) after `--help`
 */
export function parseCommandLine(argv: readonly string[]): Chosen {
  const words = argv[0] === '--' ? argv.slice(1) : argv
  let chosen: Chosen | undefined
  const program: Command = withSharedOptions(new Command('topic-credentials'))
    .description('Requests AWS credentials that are limited to your MQTT topics, and uses them with AWS IoT Core.')
    .addHelpText('after', () => `\n${listenOptions(program)}\n${asTyped(examples)}`)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
  for (const declare of allCommands) {
    declare(program, (choice) => {
      chosen = choice
    })
  }
  program.parse(words, { from: 'user' })
  if (chosen === undefined) throw new Error('No command was chosen')
  return chosen
}

/** The options of `listen` are part of the program's own help, because it is the default command. */
function listenOptions(program: Command): string {
  const listen = program.commands.find((command) => command.name() === 'listen')
  if (listen === undefined) return ''
  const help = listen.createHelp()
  const options = help.visibleOptions(listen).filter((option) => option.long !== '--help')
  const lines = options.map((option) => `  ${help.optionTerm(option).padEnd(27)}  ${help.optionDescription(option)}`)
  return ['Options of listen, the default command:', ...lines].join('\n')
}
