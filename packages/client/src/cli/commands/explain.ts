import { type AccessRequest, explain, sessionPolicy, type VendResponse, widestRole } from '@topic-credentials/grants'
import { prove } from '@topic-credentials/grants/proof'
import { Argument, type Command } from 'commander'
import { checkTopic } from '../../messages/grant-check.js'
import { asTyped } from '../as-typed.js'
import type { Chosen, Context } from '../command.js'
import { exitCodes } from '../exit-code.js'
import type { SharedOptions } from '../options.js'
import { vending } from '../target/vending.js'

const operations = ['publish', 'subscribe', 'receive', 'connect', 'retain'] as const
type Operation = (typeof operations)[number]

const examples = `
Examples:
  $ npm start -- explain publish users/me/lamp
  $ npm start -- explain retain users/me/lamp         publish with RETAIN
  $ npm start -- explain subscribe 'devices/+/state'
  $ npm start -- explain connect me:lamp              with this client ID
  $ npm start -- explain publish test --prove         and prove the policy for every other name

Exit code: 0 allowed, 3 not allowed.`

export function declareExplain(program: Command, choose: (chosen: Chosen) => void): void {
  const command = program.command('explain')
  command
    .description('show whether your current grants allow an operation, and which grant decides')
    .addArgument(new Argument('<operation>', 'the operation').choices(operations))
    .argument('<topic>', 'topic, topic filter to subscribe to, or client ID to connect with')
    .option('--prove', 'also prove that a session policy for these grants allows exactly them')
    .addHelpText('after', asTyped(examples))
    .allowExcessArguments(false)
    .action((operation: Operation, topic: string) => {
      const options = command.optsWithGlobals<SharedOptions & { readonly prove?: true }>()
      choose({ options, run: (context) => explainAccess(context, operation, topic, options.prove === true) })
    })
}

async function explainAccess(
  context: Context,
  operation: Operation,
  topic: string,
  isToBeProved: boolean,
): Promise<number> {
  if (operation !== 'connect') checkTopic(operation === 'subscribe' ? 'subscribe' : 'publish', topic)
  const { options, target, screen, signal } = context
  const { green, red } = screen.colours
  if (options.json !== true) screen.err(`Using ${target.description}`)
  using vendor = vending(context)
  screen.working('Requesting credentials')
  const { vended } = await vendor({ signal })
  screen.clear()
  const { userId } = vended
  const decision = explain(vended.grants, { userId }, request(operation, topic))
  const { allowed, reason, grant, nearest } = decision
  const proof = isToBeProved ? proofOf(vended) : undefined
  if (options.json === true) {
    screen.out(JSON.stringify({ operation, topic, userId, ...decision, ...(proof === undefined ? {} : { proof }) }))
  } else {
    screen.out(`${allowed ? green('Allowed') : red('Not allowed')} for ${userId}: ${reason}`)
    if (grant !== undefined) screen.out(`Grant: ${grant.kind} ${grant.filter}`)
    if (nearest !== undefined) screen.out(`Nearest grant: ${nearest.kind} ${nearest.filter}`)
    if (proof !== undefined) screen.out(proof.sentence)
  }
  return allowed && proof?.proved !== false ? exitCodes.done : exitCodes.notGranted
}

/** The account ID is not part of the response; any ID works, because only its format matters. */
const anyAccount = '123456789012'

/** Compiles the session policy again, and proves it with a role that allows everything in its Region except what all topic roles deny. */
function proofOf({ grants, userId, region, policyForm }: Omit<VendResponse, 'credentials'>) {
  const location = { partition: 'aws', region, accountId: anyAccount }
  const policy = sessionPolicy(grants, { userId, ...location })
  const proof = prove({ role: widestRole(location), session: policy.document }, grants, userId, location)
  const { form, characters } = policy
  const proved = 'equal' in proof && proof.equal
  const what = `the ${form} form, ${characters} characters${policyForm === undefined || policyForm === form ? '' : `; the vended policy has the ${policyForm} form`}`
  const sentence = proved
    ? `Proved: a session policy (${what}) allows exactly these grants, for every name that AWS IoT accepts (${proof.states} states).`
    : `Not proved (${what}): ${JSON.stringify(proof)}`
  return { proved, form, characters, states: proof.states, sentence }
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
