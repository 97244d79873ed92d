import { readFile } from 'node:fs/promises'
import {
  EntitlementError,
  type Grants,
  isRecord,
  parseEntitlements,
  parseGrants,
  parseJson,
  widestRole,
} from '@topic-credentials/grants'
import { type Counterexample, differences, ProofError } from '@topic-credentials/grants/proof'
import { proveEntitlements } from '@topic-credentials/grants/proof/entitlements'
import type { Command } from 'commander'
import { TopicCredentialsError } from '../../errors.js'
import { asTyped } from '../as-typed.js'
import type { Chosen, OfflineContext } from '../command.js'
import { exitCodes } from '../exit-code.js'
import type { SharedOptions } from '../options.js'
import type { Screen } from '../terminal/screen.js'
import { unreadable } from '../unreadable.js'

interface ProveOptions extends SharedOptions {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
  readonly retain: readonly string[]
  readonly user: string
  readonly role?: string
  readonly account: string
  /** False with `--no-dense`. */
  readonly dense: boolean
}

const location = { partition: 'aws', region: 'eu-west-1' } as const

const examples = `
Examples:
  $ npm start -- prove infra/entitlements.json              the policies for each rule, each pair of rules and all rules;
                                                            and that no two users share topics of their own
  $ npm start -- prove policy.json --publish 'a/+'          does this session policy allow exactly this to alice?
  $ npm start -- prove policy.json --subscribe a --user bob --role role-policy.json

It supports Allow, Deny, Action, NotAction, Resource and NotResource, and refuses other elements. If the ARNs of a policy
contain a Region and an account ID, pass the same ones with --region and --account.

Exit code: 0 proved, 3 disproved or undecided.`

export function declareProve(program: Command, choose: (chosen: Chosen) => void): void {
  const command = program.command('prove')
  command
    .description('prove entitlements or any session policy for every name that AWS IoT accepts')
    .argument('<file>', 'entitlements.json, or a session policy')
    .option('--publish <filter>', 'publish grant that the policy must match; repeatable', collect, [])
    .option('--subscribe <filter>', 'subscribe grant, repeatable', collect, [])
    .option('--retain <filter>', 'retain grant, repeatable', collect, [])
    .option('--user <id>', 'user of the policy', 'alice')
    .option(
      '--role <file>',
      'the role’s own policy (default: all of AWS IoT in the Region, minus the Deny statements of every topic role)',
    )
    .option('--account <id>', 'account ID in the ARNs', '123456789012')
    .option('--no-dense', 'of entitlements: without the dense form, as with the setting dense=off')
    .addHelpText('after', asTyped(examples))
    .allowExcessArguments(false)
    .action((file: string) => {
      const options = command.optsWithGlobals<ProveOptions>()
      choose({ options, runOffline: (context) => prove(context, file, options) })
    })
}

async function prove({ screen }: OfflineContext, file: string, options: ProveOptions): Promise<number> {
  const document = await readJson(file)
  const began = performance.now()
  try {
    const lines = isEntitlements(document)
      ? entitlementsLines(document, options, progressOn(screen))
      : policyLines(document, options.role === undefined ? undefined : await readJson(options.role), options)
    const seconds = (performance.now() - began) / 1000
    if (options.json === true) {
      screen.out(JSON.stringify({ file, proved: lines.proved, ...lines.facts, seconds }))
    } else {
      screen.clear()
      for (const line of lines.text) screen.out(line)
      screen.err(`${seconds.toFixed(2)} s`)
    }
    return lines.proved ? exitCodes.done : exitCodes.notGranted
  } catch (error) {
    if (!(error instanceof ProofError || error instanceof EntitlementError)) throw error
    throw new TopicCredentialsError(`${file}: ${error.message}`, {
      code: 'invalid_argument',
      value: file,
      remedy: error.remedy,
    })
  }
}

interface Answer {
  readonly proved: boolean
  readonly text: readonly string[]
  readonly facts: object
}

/** Shows the progress twice a second, because hundreds of conditional rules make thousands of pairs. */
function progressOn(screen: Screen): (done: number, all: number) => void {
  let said = performance.now()
  return (done, all) => {
    if (performance.now() - said < 500) return
    said = performance.now()
    screen.working(`Proved ${done} of ${all}`)
  }
}

function entitlementsLines(
  document: object,
  { account, region, dense }: ProveOptions,
  progress: (done: number, all: number) => void,
): Answer {
  const place = { ...location, accountId: account, ...(region === undefined ? {} : { region }) }
  const { proved, wrong, shared, states } = proveEntitlements(parseEntitlements(document), place, {
    dense,
    most: Number.POSITIVE_INFINITY,
    progress,
  })
  const text: string[] = []
  if (wrong !== undefined) {
    text.push(`Not proved: the policy of ${JSON.stringify(wrong.userId)} for ${wrong.rules.join(' and ')}.`)
    text.push(...('name' in wrong.proof ? [described(wrong.proof)] : [`Undecided after ${wrong.proof.states} states.`]))
  }
  if (shared !== undefined) {
    const [one, other] = shared.users
    text.push(
      `${JSON.stringify(one)} and ${JSON.stringify(other)} share topics of their own: ${shared.kind} ${shared.filters.join(' and ')} (${shared.templates.join(', ')}).`,
    )
  }
  if (text.length === 0) {
    text.push(
      `Proved: ${proved.length} session policies allow exactly their grants, and no two users share topics of their own.`,
    )
  }
  return {
    proved: wrong === undefined && shared === undefined,
    text,
    facts: { policies: proved.length, states, wrong, shared },
  }
}

function policyLines(session: unknown, role: unknown, options: ProveOptions): Answer {
  const { publish, subscribe, retain, user, account, region } = options
  if (publish.length + subscribe.length + retain.length === 0) {
    throw new TopicCredentialsError('The grants that the policy must match are missing', {
      code: 'invalid_argument',
      value: 'prove',
      remedy: 'Pass them with --publish, --subscribe and --retain.',
    })
  }
  const grants: Grants = parseGrants({ publish, subscribe, retain })
  const place = { ...location, accountId: account, ...(region === undefined ? {} : { region }) }
  const { found, undecided, states } = differences({ role: role ?? widestRole(place), session }, grants, user, place)
  const text = found.map(described)
  if (undecided) text.push(`Undecided: stopped after ${states} states.`)
  if (text.length === 0) {
    text.push(
      `Proved: the policy allows exactly these grants to ${JSON.stringify(user)}, for every name that AWS IoT accepts.`,
    )
  }
  return { proved: found.length === 0 && !undecided, text, facts: { states, counterexamples: found, undecided } }
}

function described({ action, name, allowed, reading }: Counterexample): string {
  const means = allowed ? 'is allowed but not granted' : 'is granted but not allowed'
  const how = reading.typesMayBeWild ? '' : ', if IAM does not support a wildcard in place of a resource type'
  return `${action} on ${JSON.stringify(name)} ${means}${how}.`
}

function isEntitlements(document: unknown): document is object {
  return isRecord(document) && 'entitlements' in document
}

async function readJson(file: string): Promise<unknown> {
  const refuse = (_: string, cause: unknown) =>
    unreadable(file, file, cause, 'Pass a JSON file with entitlements or with an IAM policy.')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw refuse('', cause)
  })
  return parseJson(text, refuse)
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}
