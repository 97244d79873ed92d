import { join } from 'node:path'
import {
  type Announcement,
  commandLine,
  examples,
  findRunning,
  isRecord,
  messageOf,
  parseJson,
  programName,
  projectRoot,
  signInAt,
  upToDate,
  userPath,
} from '@topic-credentials/project'
import { Command, InvalidArgumentError, Option } from 'commander'
import { carriedAssembly, isCdkApp } from '../carried-assembly.js'
import { localAudience, localIssuer } from '../sign-in/names.js'
import type { Companion } from './companion.js'
import type { ServeOptions } from './serve.js'
import { shellExports } from './shell-exports.js'

/** Options of the command. */
export interface LocalOptions extends Omit<ServeOptions, 'root' | 'assembly' | 'companion'> {
  /** True: the project's cdk.out. */
  readonly assembly?: string | true
  readonly env?: true
  /** The user of the printed token. */
  readonly token?: string
  readonly groups?: readonly string[]
  readonly claims?: Readonly<Record<string, unknown>>
}

/**
 * The command `local`: an account on this machine, until Ctrl-C.
 *
 * @param argv as `process.argv`
 * @param open loads the web page, if there is one; called only when a stand-in starts
 */
export async function runLocal(argv: readonly string[], open?: () => Promise<Companion>): Promise<void> {
  const program = commandWith(open)
  try {
    await program.parseAsync(argv.filter((argument, index) => index < 2 || argument !== '--'))
  } catch (error) {
    console.error(messageOf(error))
    if (error instanceof Error && 'remedy' in error && typeof error.remedy === 'string') {
      console.error(`  ${error.remedy}`)
    }
    process.exitCode = 1
  }
}

function commandWith(open: (() => Promise<Companion>) | undefined): Command {
  const program = new Command(programName('local'))
    .description(
      'Runs an AWS account on this machine, bootstrapped for the CDK. It verifies signatures and enforces policies. In a CDK app it waits for cdk deploy; elsewhere it starts with the default stack of topic-credentials',
    )
    .option(
      '--assembly [folder]',
      "deploy the output of 'cdk synth' immediately, without the CDK (default: cdk.out); nothing is saved",
    )
    .option('--fresh', 'start with an empty account: delete the saved stacks and deploy nothing')
    .option('--ignore-unknown', 'skip resources of unsupported types instead of refusing their stack')
    .option(
      '--port <number>',
      'IoT on this port, API, STS, IAM, DynamoDB, browsers, all services together and the issuer of tokens on the next seven; 0: any free ones',
      port,
      8443,
    )
    .option('--region <name>', 'region, if the app does not define one (default: us-east-1)')
    .addOption(
      new Option(
        '--packed-policy <estimate>',
        "estimate of the packed size that STS enforces (AWS's packing is not public)",
      )
        .choices(['low', 'high', 'off'])
        .default('high'),
    )
    .addOption(
      new Option(
        '--type-wildcards <reading>',
        "whether a wildcard in place of an ARN's resource type matches: AWS's documentation forbids it",
      )
        .choices(['match', 'never'])
        .default('match'),
    )
    .option('--json', 'print one JSON object per event')
    .option('--logs', "also print the functions' log lines")
    .option('--env', 'print shell exports that point the AWS tools to the running stand-in, and exit')
    .addOption(
      new Option('--token <user>', 'print a token of the running stand-in for this user, and exit').conflicts('env'),
    )
    .option('--groups <names>', "with --token: the claim 'groups', separated by commas", (text) => text.split(','))
    .option('--claims <json>', 'with --token: further claims, as a JSON object', jsonObject)
    .addHelpText('after', furtherHelp())
    .action(async (options: LocalOptions) => {
      const root = projectRoot()
      if (options.env === true) {
        process.exitCode = await printExports(root)
        return
      }
      if (options.token !== undefined) {
        process.exitCode = await printToken(root, options.token, options)
        return
      }
      const { serve } = await import('./serve.js')
      const { assembly: _, ...others } = options
      await serve({
        ...others,
        root,
        companion: await open?.(),
        ...toRealise(root, options),
      })
    })
  if (open !== undefined) program.option('--open', 'open the page in a browser')
  return program
}

/** Examples, and what to type in another terminal. */
function furtherHelp(): string {
  return `${examples('local', [
    ['', 'an account on ports 8443 to 8450; restores the stacks of the last run'],
    ['--assembly', 'deploy cdk.out immediately'],
    ['--json | jq \'select(.outcome == "refused")\'', ''],
  ])}

In another terminal:
  ${commandLine('deploy:local')}
      the real cdk deploy into it
  eval "$(${commandLine('local', '--env')})"
      points cdk, aws-cli, boto3 and the SDKs in this shell to it
  TOKEN=$(${commandLine('local', '--token alice')})
      a token for alice, if the stack accepts tokens`
}

/** If there is no CDK app to deploy, the account starts with the default stack. */
function toRealise(root: string, { assembly, fresh }: LocalOptions): { readonly assembly?: string } {
  if (typeof assembly === 'string') return { assembly: userPath(assembly) }
  if (assembly === true) return { assembly: join(root, 'cdk.out') }
  const carried = fresh === true || isCdkApp(root) ? undefined : carriedAssembly()
  return carried === undefined ? {} : { assembly: carried }
}

async function printExports(root: string): Promise<number> {
  const running = await findUpToDate(root)
  if (running === undefined) return 1
  process.stdout.write(shellExports(running))
  return 0
}

async function printToken(root: string, user: string, { groups, claims }: LocalOptions): Promise<number> {
  const running = await findUpToDate(root)
  if (running === undefined) return 1
  const signedIn = await signInAt(running, { user, claims: { ...claims, ...(groups === undefined ? {} : { groups }) } })
  if (signedIn.kind === 'token') {
    process.stdout.write(`${signedIn.token}\n`)
    return 0
  }
  console.error('The callers of this stack are IAM users, who have no tokens.')
  console.error(
    `  Deploy it for tokens: npm run deploy:local -- -c jwtIssuer=${localIssuer} -c jwtAudience=${localAudience}`,
  )
  return 1
}

/** The stand-in that runs for the project. Prints a notice if its stacks are out of date, and an error if none is running. */
async function findUpToDate(root: string): Promise<Announcement | undefined> {
  const found = await findRunning({ directory: root })
  if (found === undefined) {
    console.error(`No stand-in is running for ${root}. Start one: ${commandLine('local')}`)
    return undefined
  }
  const { running, notice } = await upToDate(root, found)
  if (notice !== undefined) console.error(`! ${notice}`)
  return running
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text)
  if (isRecord(value)) return value
  throw new InvalidArgumentError('It must be a JSON object.')
}

function port(text: string): number {
  const number = Number(text)
  // Seven more follow it.
  if (/^\d+$/u.test(text) && number <= 65_528) return number
  throw new InvalidArgumentError('It must be an integer from 0 to 65528.')
}
