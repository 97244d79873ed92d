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

/** In the order of the help. */
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
  $ npm start -- --publish '{"hello":"world"}' --count 1    publish, receive it, end
  $ npm start -- --topic users/me/inbox --json              one JSON object a line
  $ npm start -- --outputs ../other/cdk-outputs.json        somebody else's deployment
  $ npm start -- publish hello                              publish one message
  $ npm start -- whoami                                     what may I do, and until when
  $ npm start -- --as alice --groups operators              as a user of the stand-in, with these claims
  $ npm start -- explain subscribe devices/+/state          may I, and which grant says so
  $ npm start -- prove infra/entitlements.json              does every policy allow just what it is to
  $ npm start -- listen --help                              the options of one command

It talks to the first of these that is there: --url; --outputs or cdk-outputs.json (a deployed stack); a stand-in for AWS
that runs in another terminal; one of its own. Answers go to stdout, everything else to stderr.

Exit codes: 0 done, 2 wrong usage, 3 not granted, 4 no credentials, 5 no connection, 6 timed out, 130 interrupted before it
was done, 1 anything else.`

/**
 * @param argv without node and script; a separating `--` in front is allowed, because pnpm hands it on as it is
 * @throws CommanderError for wrong usage, and (with exit code 0) after `--help`
 */
export function parseCommandLine(argv: readonly string[]): Chosen {
  const words = argv[0] === '--' ? argv.slice(1) : argv
  let chosen: Chosen | undefined
  const program: Command = withSharedOptions(new Command('topic-credentials'))
    .description('Vends credentials that reach your MQTT topics and no others, and uses them on AWS IoT Core.')
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

/** The options of `listen` stand in the program's own help, because they work without naming it. */
function listenOptions(program: Command): string {
  const listen = program.commands.find((command) => command.name() === 'listen')
  if (listen === undefined) return ''
  const help = listen.createHelp()
  const options = help.visibleOptions(listen).filter((option) => option.long !== '--help')
  const lines = options.map((option) => `  ${help.optionTerm(option).padEnd(27)}  ${help.optionDescription(option)}`)
  return ['Options of listen, which is what runs when no command is named:', ...lines].join('\n')
}
