import { type AccessRequest, explain } from '@topic-credentials/grants'
import { Argument, type Command } from 'commander'
import type { Chosen, Context } from '../command.js'
import { exitCodes } from '../exit-code.js'
import type { SharedOptions } from '../options.js'
import { vending } from '../vending.js'

const operations = ['publish', 'subscribe', 'receive', 'connect', 'retain'] as const
type Operation = (typeof operations)[number]

const examples = `
Examples:
  $ npm start -- explain publish users/me/lamp
  $ npm start -- explain retain users/me/lamp         publish with RETAIN
  $ npm start -- explain subscribe 'devices/+/state'
  $ npm start -- explain connect me:lamp              with this client ID

Exit code: 0 allowed, 3 not.`

export function declareExplain(program: Command, choose: (chosen: Chosen) => void): void {
  const command = program.command('explain')
  command
    .description('say whether the grants that are vended now allow something, and which grant decides')
    .addArgument(new Argument('<operation>', 'what to do').choices(operations))
    .argument('<topic>', 'topic, topic filter to subscribe to, or client ID to connect with')
    .addHelpText('after', examples)
    .allowExcessArguments(false)
    .action((operation: Operation, topic: string) => {
      const options = command.optsWithGlobals<SharedOptions>()
      choose({ options, run: (context) => explainAccess(context, operation, topic) })
    })
}

async function explainAccess(context: Context, operation: Operation, topic: string): Promise<number> {
  const { options, target, screen, signal } = context
  const { green, red } = screen.colours
  if (options.json !== true) screen.err(`Using ${target.description}`)
  using vendor = vending(context)
  screen.working('Vending credentials')
  const { vended } = await vendor({ signal })
  screen.clear()
  const { userId } = vended
  const decision = explain(vended.grants, { userId }, request(operation, topic))
  const { allowed, reason, grant, nearest } = decision
  if (options.json === true) {
    screen.out(JSON.stringify({ operation, topic, userId, ...decision }))
  } else {
    screen.out(`${allowed ? green('Allowed') : red('Not allowed')} for ${userId}: ${reason}`)
    if (grant !== undefined) screen.out(`Grant: ${grant.kind} ${grant.filter}`)
    if (nearest !== undefined) screen.out(`Nearest grant: ${nearest.kind} ${nearest.filter}`)
  }
  return allowed ? exitCodes.done : exitCodes.notGranted
}

function request(operation: Operation, topic: string): AccessRequest {
  switch (operation) {
    case 'connect':
      return { action: 'connect', clientId: topic }
    case 'subscribe':
      return { action: 'subscribe', filter: topic }
    case 'retain':
      return { action: 'publish', topic, retain: true }
    default:
      return { action: operation, topic }
  }
}
