import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { openCdk, type TestCdk } from '../testing/cdk.js'

// Every command of the runbook, as a process.
jest.setTimeout(900_000)

const runbook = fileURLToPath(new URL('../../../../docs/runbook.md', import.meta.url))
const programs: Readonly<Record<string, string>> = {
  revoke: '../../../revocation/dist/cli/main.js',
  access: '../../../revocation/dist/cli/access.js',
  check: '../../../deploy-check/dist/cli/main.js',
}

/** What the runbook leaves to the reader, or says in a word. */
const completed: Readonly<Record<string, string>> = {
  'pnpm access get --user …': 'pnpm access get --user USER',
  'pnpm access grant': 'pnpm access grant --user USER --publish test',
  'pnpm access withdraw': 'pnpm access withdraw --user USER --publish test',
}

/** Commands that are not run here, and why. */
const notHere: Readonly<Record<string, string>> = {
  'aws lambda put-function-concurrency --function-name NAME --reserved-concurrent-executions 0':
    'AWS alone: the stand-in has no such operation',
  'aws logs describe-resource-policies': 'AWS alone: the stand-in has no CloudWatch Logs',
  'cdk deploy --hotswap': 'AWS alone: the stand-in has no UpdateFunctionCode',
  'pnpm bench revocation': 'a measurement',
  'pnpm cdk rollback': 'rollback.long.ts',
  'pnpm cdk rollback --orphan LOGICAL_ID': 'rollback.long.ts',
}

/** In the order of the runbook, each once. */
async function commands(): Promise<string[]> {
  const text = await readFile(runbook, 'utf8')
  const blocks = [...text.matchAll(/^```\n(?<block>[\s\S]*?)^```$/gmu)].flatMap(
    ({ groups }) => groups?.block?.split('\n') ?? [],
  )
  const spans = [...text.replaceAll(/^```\n[\s\S]*?^```$/gmu, '').matchAll(/`(?<span>[^`]+)`/gu)]
  const written = [...blocks, ...spans.map(({ groups }) => groups?.span ?? '')]
  const whole = written.flatMap((line) => line.replace(/\s+#.*$/u, '').split(' && '))
  return [...new Set(whole.map((line) => line.replaceAll(/\s+/gu, ' ').trim()))].filter((line) =>
    /^(?:pnpm|aws|cdk) /u.test(line),
  )
}

let account: TestCdk
let plain: string
beforeAll(async () => {
  account = await openCdk()
  plain = await account.synthesize()
  expect((await account.cdk('deploy', '--app', plain, '--require-approval', 'never')).code).toBe(0)
})
afterAll(async () => account[Symbol.asyncDispose]())

function run(command: string) {
  const [, program = '', ...words] = (completed[command] ?? command)
    .replaceAll('USER', 'auth0|mallory')
    .replaceAll('TOPIC', 'test')
    .replaceAll('auth0|mallory:abc', 'auth0=7Cmallory:abc')
    .split(' ')
  if (program === 'cdk') {
    const more = words[0] === 'deploy' ? ['--require-approval', 'never'] : words[0] === 'destroy' ? ['--force'] : []
    return account.cdk(...words, '--app', plain, ...more)
  }
  return account.run(fileURLToPath(new URL(programs[program] ?? 'unknown', import.meta.url)), ...words)
}

describe('the runbook', () => {
  it('names no command that does not work as it is written, or is known to need AWS', async () => {
    const all = await commands()
    expect(all).toEqual(expect.arrayContaining(Object.keys(notHere)))
    expect(all).toEqual(expect.arrayContaining(Object.keys(completed)))
    const here = all.filter((command) => notHere[command] === undefined)
    // The stack goes last.
    const destroys = here.filter((command) => command.includes('destroy'))
    const failed: string[] = []
    for (const command of [...here.filter((one) => !destroys.includes(one)), 'pnpm revoke --clear', ...destroys]) {
      const { code, output } = await run(command)
      if (code !== 0) failed.push(`${command}: ${code}\n${output}`)
    }
    expect(failed).toEqual([])
    expect(here.length).toBeGreaterThan(12)
    expect(account.aws.stacks).toEqual([])
  })
})
