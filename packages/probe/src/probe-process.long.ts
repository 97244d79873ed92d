import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { JournalEntry } from '@topic-credentials/local-aws'
import type { Keys } from './target.js'
import { openProbedAccount, type ProbedAccount } from './testing/probed-account.js'

/** The command as a process, with Ctrl-C at each step. */

const main = fileURLToPath(new URL('./cli/main.js', import.meta.url))

let account: ProbedAccount
let folder: string
let heard: (entry: JournalEntry) => void
let probe: Running | undefined

interface Running {
  readonly child: ChildProcess
  /** Resolves with the output so far when it matches. */
  prints(pattern: RegExp): Promise<string>
  /** The result of the process. */
  ended(): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
}

beforeEach(async () => {
  heard = () => {}
  folder = await mkdtemp(join(tmpdir(), 'probe-'))
  account = await openProbedAccount({ journal: (entry) => heard(entry) })
})
afterEach(async () => {
  probe?.child.kill('SIGKILL')
  probe = undefined
  await account[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function start(...words: string[]): Running {
  const { aws, target, keys } = account
  const child = spawn(process.execPath, [main, ...words], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      INIT_CWD: folder,
      NODE_NO_WARNINGS: '1',
      AWS_REGION: aws.region,
      AWS_ENDPOINT_URL: target.endpoint,
      AWS_ENDPOINT_URL_IOT_DATA_PLANE: `https://${target.iotEndpoint}`,
      NODE_EXTRA_CA_CERTS: aws.caFile,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const errors = text(child.stderr)
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk
  })
  const running: Running = {
    child,
    async prints(pattern) {
      while (!pattern.test(out)) {
        const [chunk] = await Promise.race([once(child.stdout, 'data'), closed.then(() => [undefined])])
        if (chunk === undefined && !pattern.test(out)) throw new Error(`It ended without ${pattern}: ${out}`)
      }
      return out
    },
    async ended() {
      const [code] = await closed
      return { code: code as number | null, out, err: await errors }
    },
  }
  probe = running
  return running
}

/** Sends Ctrl-C when the account has recorded this call. */
function interruptAt(running: Running, wanted: (entry: JournalEntry) => boolean): void {
  heard = (entry) => {
    if (!wanted(entry)) return
    heard = () => {}
    running.child.kill('SIGINT')
  }
}

/** A caller with permission for everything except this. */
function denied(Action: string): Keys {
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action, Resource: '*' },
  ]
  return account.aws.createUser(Action.replace(':', '-'), { Version: '2012-10-17', Statement })
}

const asks = ['--yes', '--only', 'userIdOverMqtt', 'v5PublishQos1Denied', 'credentialExpiry']

describe('the command', () => {
  it('asks, writes its answers, and ends with 0', async () => {
    const { code, out, err } = await start('--yes', '--only', 'userIdOverMqtt').ended()
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('All 1 answers match the defaults of the stand-in.')
    expect(await readFile(join(folder, 'probe-transcript.txt'), 'utf8')).toContain('✓ userIdOverMqtt')
    expect(account.aws.stacks).toEqual([])
  })

  it('ends with 1 if a default is wrong', async () => {
    await account[Symbol.asyncDispose]()
    account = await openProbedAccount({ switches: { v5PublishQos1Denied: 'puback-0x87-and-disconnect' } })
    const { code, out } = await start('--yes', '--only', 'v5PublishQos1Denied').ended()
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('1 of 1 answers differ') })
    expect(account.aws.stacks).toEqual([])
  })

  it('does nothing without a terminal', async () => {
    const { code, err } = await start('--only', 'userIdOverMqtt').ended()
    expect({ code, err }).toEqual({ code: 2, err: 'Nothing was deployed. Answer y, or pass --yes.\n' })
    expect(account.aws.stacks).toEqual([])
  })
})

describe('Ctrl-C', () => {
  it('before the deployment: nothing is deployed', async () => {
    const running = start(...asks)
    interruptAt(running, ({ event }) => event === 'GetCallerIdentity')
    const { code, err } = await running.ended()
    expect({ code, err }).toEqual({
      code: 130,
      err: expect.stringMatching(/^Stopped .*The probe left nothing in the account/u),
    })
    expect(account.aws.stacks).toEqual([])
  })

  it('during the deployment: the stack is deleted', async () => {
    const running = start(...asks)
    interruptAt(running, ({ service, fields = {} }) => service === 'cloudformation' && fields.type === 'AWS::IAM::Role')
    const { code, out, err } = await running.ended()
    expect({ code, err }).toEqual({
      code: 130,
      err: expect.stringMatching(/^Stopped during the deployment/u),
    })
    expect(out).toMatch(/Stopping\. The stack is deleted first.*Deleting the stack probe-/su)
    expect(account.aws.stacks).toEqual([])
  })

  it('during a question of 15 minutes: stops immediately, and writes the earlier answers', async () => {
    const running = start(...asks)
    await running.prints(/… credentialExpiry \(3 of 3; until credentials have expired, at most 15 minutes\)/u)
    running.child.kill('SIGINT')
    const { code, out, err } = await running.ended()
    expect({ code, err }).toEqual({ code: 130, err: expect.stringMatching(/^Stopped during credentialExpiry/u) })
    expect(out).toContain('Written to')
    expect(account.aws.stacks).toEqual([])
    const written = await readFile(join(folder, 'probe-transcript.txt'), 'utf8')
    expect(written).toContain('✓ v5PublishQos1Denied')
    expect(written).not.toContain('credentialExpiry')
  })

  it('while a role is changed: its policy does not prevent the deletion', async () => {
    account.aws.faults.iam.lagPolicies(0, { iot: 3_600_000 })
    const running = start('--yes', '--only', 'roleChange')
    interruptAt(running, ({ event }) => event === 'PutRolePolicy')
    const { code, err } = await running.ended()
    expect({ code, err }).toEqual({ code: 130, err: expect.stringMatching(/^Stopped during roleChange/u) })
    expect(account.aws.stacks).toEqual([])
  })

  it('a second time: exits immediately, with the command that deletes the stack', async () => {
    const running = start(...asks)
    await running.prints(/… credentialExpiry/u)
    running.child.kill('SIGINT')
    const out = await running.prints(/Deleting the stack (\S+)/u)
    running.child.kill('SIGINT')
    const { code, err } = await running.ended()
    const stackName = /Deleting the stack (\S+)/u.exec(out)?.[1] ?? ''
    expect({ code, err }).toEqual({
      code: 130,
      err: `The stack ${stackName} still exists. Delete it: aws cloudformation delete-stack --stack-name ${stackName}\n`,
    })
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s does the same, with %i', async (name, exitCode) => {
    const running = start(...asks)
    await running.prints(/… credentialExpiry/u)
    running.child.kill(name)
    expect(await running.ended()).toMatchObject({ code: exitCode })
    expect(account.aws.stacks).toEqual([])
  })

  it('a reader that exits (npm run probe | head) leaves nothing in the account either', async () => {
    const running = start(...asks)
    await running.prints(/✓ userIdOverMqtt/u)
    running.child.stdout?.destroy()
    expect((await running.ended()).code).toBe(130)
    expect(account.aws.stacks).toEqual([])
  })
})

describe('a failure', () => {
  it('of a question is reported, the others are asked, and the exit code is 2', async () => {
    const running = start('--yes', '--only', 'userIdOverMqtt', 'v5PublishQos1Denied', 'sourceFunctionArn')
    await running.prints(/✓ sourceFunctionArn/u)
    account.aws.faults.outage('iot', 'unavailable')
    const { code, out } = await running.ended()
    expect({ code, out }).toEqual({
      code: 2,
      out: expect.stringMatching(/\d could not be asked: .*v5PublishQos1Denied/u),
    })
    expect(account.aws.stacks).toEqual([])
  })

  it('of the creation: nothing is deployed, and the missing permission is reported', async () => {
    account.keys = denied('cloudformation:CreateStack')
    const { code, err } = await start(...asks).ended()
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/was not created: .*with permission for CloudFormation/u),
    })
    expect(account.aws.stacks).toEqual([])
  })

  it('of CloudFormation during the deployment: the first failure and the command that deletes the stack are printed', async () => {
    const running = start(...asks)
    heard = ({ service, fields = {} }) => {
      if (service !== 'cloudformation' || fields.type !== 'AWS::IAM::Role') return
      heard = () => {}
      account.aws.faults.outage('cloudformation', 'unavailable')
    }
    const { code, err } = await running.ended()
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^The stack (\S+) still exists: .*aws cloudformation delete-stack --stack-name \1$/mu),
    })
    expect(account.aws.stacks).toHaveLength(1)
  })

  it('of the deletion: the answers are written, and the command that deletes the stack is printed', async () => {
    account.keys = denied('cloudformation:DeleteStack')
    const { code, err } = await start('--yes', '--only', 'userIdOverMqtt').ended()
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(
        /still exists: .*not authorized.*aws cloudformation delete-stack --stack-name probe-/u,
      ),
    })
    expect(await readFile(join(folder, 'probe-transcript.txt'), 'utf8')).toContain('✓ userIdOverMqtt')
  })
})
