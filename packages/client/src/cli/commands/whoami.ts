import { sessionPolicyLimit, type VendResponse } from '@topic-credentials/grants'
import type { Command } from 'commander'
import { asTyped } from '../as-typed.js'
import type { Chosen, Context } from '../command.js'
import { exitCodes } from '../exit-code.js'
import type { SharedOptions } from '../options.js'
import { vending } from '../target/vending.js'
import { countdown } from '../terminal/screen.js'
import { visible } from '../terminal/visible.js'

const examples = `
Examples:
  $ npm start -- whoami
  $ npm start --silent -- whoami --json | jq -r .grants.subscribe[]`

export function declareWhoami(program: Command, choose: (chosen: Chosen) => void): void {
  const command = program.command('whoami')
  command
    .description('show your user ID, grants, expiration and endpoint')
    .addHelpText('after', asTyped(examples))
    .allowExcessArguments(false)
    .action(() => choose({ options: command.optsWithGlobals<SharedOptions>(), run: whoami }))
}

async function whoami(context: Context): Promise<number> {
  const { options, target, screen, signal } = context
  using vendor = vending(context)
  screen.working('Requesting credentials')
  const { vended, expiration, accessKeyId } = await vendor({ signal })
  screen.clear()
  const {
    userId,
    clientIdPrefix,
    grants,
    endpoint,
    region,
    policyCharacters,
    policyForm,
    packedPolicySize,
    dropped = [],
  } = vended
  if (options.json === true) {
    const { description } = target
    const expires = expiration.toISOString()
    const policy = { policyCharacters, policyForm, packedPolicySize }
    const answer = {
      userId,
      clientIdPrefix,
      grants,
      accessKeyId,
      expiration: expires,
      endpoint,
      region,
      dropped,
      ...policy,
    }
    screen.out(JSON.stringify({ ...answer, target: description, credentialsUrl: target.credentialsUrl }))
    return exitCodes.done
  }
  const rows: readonly (readonly [string, string])[] = [
    ['user ID', userId],
    ['client ID prefix', clientIdPrefix],
    ...(['publish', 'subscribe', 'retain'] as const).map(
      (kind) => [kind, grants[kind].join(', ') || 'nothing'] as const,
    ),
    ...dropped.map(({ reason, remedy }) => ['skipped', `${reason} ${remedy}`] as const),
    ['session policy', policyText(vended)],
    ['expires', `${expiration.toISOString()}, in ${countdown(expiration, Date.now())}`],
    ['access key ID', accessKeyId],
    ['endpoint', `${endpoint} (${region})`],
    ['vendor', target.credentialsUrl],
    ['target', target.description],
  ]
  for (const [name, value] of rows) screen.out(`${screen.colours.dim(name.padEnd(18))}${visible(value)}`)
  return exitCodes.done
}

/** Percentage from which a warning is shown. */
const nearlyFull = 80

function policyText({ policyForm, policyCharacters, packedPolicySize }: Omit<VendResponse, 'credentials'>): string {
  const form = policyForm === undefined ? '' : `${policyForm} form, `
  const packed = packedPolicySize === undefined ? '' : `, packed ${packedPolicySize} % of STS’s limit`
  const warning = (packedPolicySize ?? 0) >= nearlyFull ? ': request fewer topics at once' : ''
  return `${form}${policyCharacters} of ${sessionPolicyLimit} characters${packed}${warning}`
}
