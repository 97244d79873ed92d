import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { CheckoutCopy } from './testing/checkout-copy.js'
import { completed, notRun, placeholders } from './testing/page-commands.cases.js'
import { commandsOf, type PageCommand, pages } from './testing/page-commands.js'

// Runs every command of the documentation without another mark, as it is written, in a copy of this checkout and against a stand-in.
jest.setTimeout(1_800_000)

const readme = commandsOf('README.md').filter(({ mark }) => mark === 'run')
const beforeTheStandIn = readme.slice(
  0,
  readme.findIndex(({ text }) => text === 'npm run local'),
)
/** The stand-in's first port, instead of 8443; the API has the next one. */
const port = 20_000 + (process.pid % 2_000) * 8
const failed: string[] = []
const done = new Set<string>()
let copy: CheckoutCopy
let code: number | null = 0

beforeAll(() => {
  copy = new CheckoutCopy()
  copy.write('claims.json', '{"groups":["operators"]}')
  copy.write('users.jsonl', '{"user":"alice","publish":["test"]}\n')
  copy.write('infra/entitlements.staging.json', '{ "entitlements": [{ "publish": ["test"], "subscribe": ["test"] }] }')
})
afterAll(async () => copy[Symbol.asyncDispose]())

describe('every command of the documentation', () => {
  it('works before anything is deployed', async () => {
    for (const command of beforeTheStandIn) await runOnce(command)
    await copy.interrupt()
    expect(failed).toEqual([])
  })

  it('works with a running stand-in', async () => {
    const all = pages().flatMap(commandsOf)
    const wanted = all.filter(({ mark }) => mark === 'run' || mark === 'span')
    // The stack is deleted last, after its revocations.
    const ends = [
      /^(?!.*(?:--clear|destroy))/u,
      /--clear(?!.*destroy)/u,
      /--clear.*destroy/u,
      /^(?!.*--clear).*destroy/u,
    ]
    for (const end of ends) {
      for (const command of wanted.filter(({ text }) => end.test(text))) await runOnce(command)
    }
    expect(failed).toEqual([])
    expect(done.size).toBeGreaterThan(60)
  })
})

async function runOnce({ page, line, text, shown }: PageCommand): Promise<void> {
  const command = placeholders.reduce(
    (whole, [name, value]) => whole.replaceAll(name, value),
    completed[text] ?? text.replace('localhost:8444', `localhost:${port + 1}`),
  )
  // Slow commands run once for all pages.
  const key = /cdk|local|build|format|check/u.test(command) ? command : `${page} ${command}`
  if (notRun[text] !== undefined || done.has(key)) return
  done.add(key)
  const fault = await faultOf(command, shown)
  if (fault !== undefined) failed.push(`${page}:${line} ${command}: ${fault}`)
}

/** Runs a command as a reader does. @returns undefined if it does what the page shows */
async function faultOf(command: string, shown: string): Promise<string | undefined> {
  if (command === 'echo $?') return String(code) === shown ? undefined : `the exit code is ${code}`
  try {
    if (command === 'npm run local') {
      await copy.begin(`npm run local -- --port ${port}`, /enforcement: on/u)
      return undefined
    }
    if (listens(command)) {
      await copy.begin(command, /Subscribed with QoS/u)
      return undefined
    }
  } catch (error) {
    return String(error)
  }
  const outcome = await copy.run(approved(command))
  code = outcome.code
  // A shell that is opened after the deployment also has the endpoint of the table.
  if (command === 'npm run deploy:local') copy.evaluate((await copy.run('npm run --silent local -- --env')).output)
  const printed = oneLine(outcome.output)
  const expected = shown.split('…').every((part) => printed.includes(oneLine(part)))
  return expected && (code !== 0) === shown.startsWith('Error') ? undefined : `${code}\n${outcome.output.slice(-2_000)}`
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim()
}

function listens(command: string): boolean {
  const ends = /--count|^npm start -- (?:publish|whoami|explain|prove|credentials|--topic other)\b/u
  return command.startsWith('npm start') && !ends.test(command)
}

/** The answers to the CDK, which has no terminal here. Settings for another account, Region, stack or issuer are only synthesized. */
function approved(command: string): string {
  return command
    .replace(
      /cdk -- deploy(?=.*-c (?:jwtIssuer|stackName|account|roleName)=)|(?<=AWS_REGION=.*)cdk -- deploy/u,
      'cdk -- synth --quiet',
    )
    .replace(/deploy:local(?! --)/u, 'deploy:local --')
    .replace(/(?:cdk -- deploy|deploy:local --).*/u, '$& --require-approval never')
    .replace(/cdk -- destroy/u, '$& --force')
}
