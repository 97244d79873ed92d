import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { CheckoutCopy } from './testing/checkout-copy.js'
import { completed, notRun, placeholders } from './testing/page-commands.cases.js'
import { commandsOf, type PageCommand, pages } from './testing/page-commands.js'

// Every command of the documentation that is not marked otherwise, as it is written there, in a copy of this checkout, against a stand-in.
jest.setTimeout(1_200_000)

const readme = commandsOf('README.md').filter(({ mark }) => mark === 'run')
const beforeTheStandIn = readme.slice(
  0,
  readme.findIndex(({ text }) => text === 'npm run local'),
)
let copy: CheckoutCopy
const failed: string[] = []
const done = new Set<string>()

beforeAll(() => {
  copy = new CheckoutCopy()
  copy.write('claims.json', '{"groups":["operators"]}')
  copy.write('users.jsonl', '{"user":"alice","publish":["test"]}\n')
  copy.write('infra/entitlements.staging.json', '{ "entitlements": [{ "publish": ["test"], "subscribe": ["test"] }] }')
})
afterAll(async () => copy[Symbol.asyncDispose]())

describe('every command of the documentation', () => {
  it('works before anything is deployed', async () => {
    await runAll(beforeTheStandIn)
    await copy.interrupt()
    expect(failed).toEqual([])
  })

  it('works in front of a stand-in', async () => {
    const all = pages()
      .flatMap(commandsOf)
      .filter(({ mark }) => mark === 'run' || mark === 'span')
    const last = all.filter(({ text }) => /destroy|--clear/u.test(text))
    await runAll([...all.filter((command) => !last.includes(command)), ...last])
    expect(failed).toEqual([])
    expect(done.size).toBeGreaterThan(60)
  })
})

async function runAll(commands: readonly PageCommand[]): Promise<void> {
  let code: number | null = 0
  for (const { page, line, text, shown } of commands) {
    const command = placeholders.reduce(
      (whole, [name, value]) => whole.replaceAll(name, value),
      completed[text] ?? text,
    )
    if (text === 'echo $?') {
      if (String(code) !== shown) failed.push(`${page}:${line} the exit code is ${code}`)
      continue
    }
    if (notRun[text] !== undefined || done.has(command)) continue
    done.add(command)
    if (/^npm run local(?: -- --port 0)?$/u.test(command)) {
      await copy.begin('npm run local -- --port 0', /enforcement: on/u)
      copy.evaluate((await copy.run('npm run --silent local -- --env')).output)
    } else if (listens(command)) {
      await copy.begin(command, /Subscribed with QoS/u)
    } else {
      const outcome = await copy.run(approved(command))
      code = outcome.code
      const expected = shown.split('…').map((part) =>
        part
          .replaceAll(/\s+/gu, ' ')
          .replace(/ # .*$/u, '')
          .trim(),
      )
      const printed = outcome.output.replaceAll(/\s+/gu, ' ')
      const refused = shown.startsWith('Error')
      if ((code !== 0) !== refused || expected.some((part) => !printed.includes(part))) {
        failed.push(`${page}:${line} ${command}: ${code}\n${outcome.output.slice(-2_000)}`)
      }
    }
  }
}

function listens(command: string): boolean {
  return (
    /^npm start(?! -- (?:publish|whoami|explain|prove|credentials)\b)/u.test(command) && !command.includes('--count')
  )
}

/** What a person answers to the CDK, which has no terminal here. Settings for another account, Region, stack or issuer are only synthesized. */
function approved(command: string): string {
  return command
    .replace(
      /cdk -- deploy(?=.* -c (?:jwtIssuer|stackName|account|roleName)=)|(?<=AWS_REGION=.*)cdk -- deploy/u,
      'cdk -- synth --quiet',
    )
    .replace(/deploy:local(?! --)/u, 'deploy:local --')
    .replace(/(?:cdk -- deploy|deploy:local --).*/u, '$& --require-approval never')
    .replace(/cdk -- destroy/u, '$& --force')
}
