import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from '@jest/globals'
import { Directory } from '../iam/index.js'
import type { JournalEntry } from '../journal.js'
import { closedGate, passGate } from '../testing/gate.js'
import type { FunctionConfiguration } from './configuration.js'
import { FunctionRuntime } from './runtime.js'

const opened: { close(): Promise<void> }[] = []
const folders: string[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })))
})

async function start(source: string, more: Partial<FunctionConfiguration> = {}) {
  const codeDirectory = await mkdtemp(join(tmpdir(), 'test-function-'))
  folders.push(codeDirectory)
  await writeFile(join(codeDirectory, 'index.mjs'), source)
  await writeFile(join(codeDirectory, 'ca.pem'), '')
  const clock = { skew: 0, now: () => Date.now() + clock.skew }
  const directory = new Directory({ accountId: '123456789012', clock })
  const trustPolicy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }
  const role = directory.createRole({ roleName: 'execution', trustPolicy })
  const journal: JournalEntry[] = []
  const issued: string[] = []
  const runtime = new FunctionRuntime(
    {
      functionName: 'tested',
      arn: 'arn:aws:lambda:eu-west-1:123456789012:function:tested',
      runtime: 'nodejs24.x',
      handler: 'index.handler',
      codeDirectory,
      environment: { GREETING: "it's" },
      timeoutSeconds: 10,
      memoryMegabytes: 128,
      roleArn: role.arn,
      logGroup: '/aws/lambda/tested',
      logFormat: 'Text',
      ...more,
    },
    {
      region: 'eu-west-1',
      clock,
      journal: (entry) => journal.push(entry),
      caFile: join(codeDirectory, 'ca.pem'),
      endpoints: { AWS_ENDPOINT_URL_STS: 'https://localhost:1' },
      credentials: ({ functionName }) => {
        const key = directory.addSession({ role, sessionName: functionName, durationSeconds: 3600 })
        issued.push(key.accessKeyId)
        return key
      },
      expiresAt: (id) => directory.accessKey(id)?.expiresAt ?? 0,
    },
  )
  opened.push(runtime)
  return { runtime, journal, clock, directory, issued }
}

function gone(pid: number) {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

describe('FunctionRuntime', () => {
  it('hands over the event and the context, and gives back the answer', async () => {
    const { runtime } = await start(`
      export const handler = async (event, context) => ({ event, context, left: context.getRemainingTimeInMillis() })`)
    const result = await runtime.invoke({ hello: ['wörld', null] })
    expect(result).toMatchObject({
      outcome: 'ok',
      payload: {
        event: { hello: ['wörld', null] },
        context: {
          awsRequestId: result.requestId,
          functionName: 'tested',
          functionVersion: '$LATEST',
          invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:tested',
          memoryLimitInMB: '128',
        },
      },
    })
    const { left } = (result as unknown as { payload: { left: number } }).payload
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(10_000)
  })

  it('gives the process its own environment and nothing of ours', async () => {
    process.env.LEAK_CANARY = 'from the parent'
    const { runtime, directory } = await start(`
      import os from 'node:os'
      export const handler = async () => ({ env: process.env, home: os.homedir(), cwd: process.cwd(), ipc: typeof process.send })`)
    const { payload } = (await runtime.invoke({})) as unknown as {
      payload: { env: Record<string, string>; home: string; cwd: string; ipc: string }
    }
    delete process.env.LEAK_CANARY
    expect(Object.keys(payload.env).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_ENDPOINT_URL_STS',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_FORMAT',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'GREETING',
      'HOME',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'NODE_EXTRA_CA_CERTS',
      'PATH',
      'TMPDIR',
      'TZ',
      '_HANDLER',
    ])
    expect(payload.env.GREETING).toBe("it's")
    expect(payload.home).not.toBe(process.env.HOME)
    expect(payload.cwd).toBe(payload.env.LAMBDA_TASK_ROOT)
    expect(payload.ipc).toBe('undefined')
    const key = directory.accessKey(payload.env.AWS_ACCESS_KEY_ID ?? '')
    expect(key?.secretAccessKey).toBe(payload.env.AWS_SECRET_ACCESS_KEY)
    expect(key?.principal.arn).toBe('arn:aws:sts::123456789012:assumed-role/execution/tested')
  })

  it('cannot change its own package, nor import what was not packed', async () => {
    const { runtime } = await start(`
      import { appendFileSync } from 'node:fs'
      import { fileURLToPath } from 'node:url'
      export const handler = async (event) => {
        appendFileSync(fileURLToPath(import.meta.url), '// changed')
        return import(event.module).then(() => 'found', (error) => error.code)
      }`)
    expect(await runtime.invoke({ module: 'jose' })).toMatchObject({ payload: 'ERR_MODULE_NOT_FOUND' })
    expect(await runtime.invoke({ module: 'node:fs' })).toMatchObject({ payload: 'found' })
  })

  it('reuses a warm process, and starts a second one for a second call at once', async () => {
    await using gate = await closedGate()
    const { runtime } = await start(`${passGate}
      let calls = 0
      export const handler = async ({ port }) => {
        calls += 1
        if (port !== undefined) await pass(port)
        return { pid: process.pid, calls }
      }`)
    const pid = async (event: object) =>
      ((await runtime.invoke(event)) as unknown as { payload: { pid: number; calls: number } }).payload
    const both = Promise.all([pid({ port: gate.port }), pid({ port: gate.port })])
    await gate.held(2)
    gate.open()
    const [first, second] = await both
    expect(first.pid).not.toBe(second.pid)
    expect(runtime.processes).toBe(2)
    const third = await pid({})
    expect([first.pid, second.pid]).toContain(third.pid)
    expect(third.calls).toBe(2)
    expect(runtime.processes).toBe(2)
  })

  it('throttles beyond the reserved concurrency, and only then', async () => {
    await using gate = await closedGate()
    const { runtime } = await start(
      `${passGate}
      export const handler = async () => { await pass(${gate.port}); return 'done' }`,
      { reservedConcurrency: 1 },
    )
    const first = runtime.invoke({})
    await gate.held(1)
    const second = await runtime.invoke({})
    expect(second).toMatchObject({ outcome: 'failed', kind: 'throttled', errorType: 'TooManyRequestsException' })
    gate.open()
    expect(await first).toMatchObject({ outcome: 'ok', payload: 'done' })
    expect(await runtime.invoke({})).toMatchObject({ outcome: 'ok' })
  })

  it('lets more calls than there may be processes wait for their turn', async () => {
    const { runtime } = await start(`export const handler = async (event) => event`)
    const results = await Promise.all(Array.from({ length: 14 }, (_, index) => runtime.invoke(index)))
    expect(results.map((result) => (result.outcome === 'ok' ? result.payload : result.errorMessage))).toEqual([
      ...Array(14).keys(),
    ])
    expect(runtime.processes).toBeLessThanOrEqual(10)
  })

  it('reports what the handler throws and keeps the process', async () => {
    const { runtime, journal } = await start(`
      export const handler = async (event) => {
        if (event.fail) throw new RangeError('no such luck')
        return process.pid
      }`)
    const before = await runtime.invoke({})
    expect(await runtime.invoke({ fail: true })).toMatchObject({
      outcome: 'failed',
      kind: 'handled',
      errorType: 'RangeError',
      errorMessage: 'no such luck',
    })
    expect(await runtime.invoke({})).toMatchObject({ payload: (before as unknown as { payload: number }).payload })
    expect(journal.filter(({ event }) => event === 'Invoke').map(({ outcome }) => outcome)).toEqual([
      'ok',
      'failed',
      'ok',
    ])
  })

  const endings = [
    ['exit', `process.exit(3)`, /exit status 3$/u],
    [
      'an uncaught error later on',
      `setTimeout(() => { throw new Error('late') }); return new Promise(() => {})`,
      /exit status 1$/u,
    ],
    ['a signal', `process.kill(process.pid, 'SIGSEGV'); return new Promise(() => {})`, /signal: SIGSEGV$/u],
    [
      'more memory than it has',
      `const all = []; for (;;) all.push(new Array(1e6).fill(all.length))`,
      /signal: SIGABRT$|exit status 134$/u,
    ],
  ] as const
  it.each(endings)(
    'survives %s: that call crashes, the next one gets a fresh process',
    async (_, statement, message) => {
      const { runtime } = await start(
        `export const handler = async (event) => { if (event.end) { ${statement} } return process.pid }`,
        { memoryMegabytes: 128 },
      )
      const result = await runtime.invoke({ end: true })
      expect(result).toMatchObject({ outcome: 'failed', kind: 'crash', errorType: 'Runtime.ExitError' })
      expect((result as { errorMessage: string }).errorMessage).toMatch(message)
      expect(runtime.processes).toBe(0)
      expect(await runtime.invoke({})).toMatchObject({ outcome: 'ok' })
    },
  )

  it('ends a process that takes too long, even one that never yields', async () => {
    const { runtime } = await start(
      `export const handler = async (event) => { while (event.spin) {} return process.pid }`,
      { timeoutSeconds: 1 },
    )
    const result = await runtime.invoke({ spin: true })
    expect(result).toMatchObject({ outcome: 'failed', kind: 'timeout', errorType: 'Sandbox.Timedout' })
    expect(result).toHaveProperty(
      'errorMessage',
      `RequestId: ${result.requestId} Error: Task timed out after 1.00 seconds`,
    )
    expect(await runtime.invoke({})).toMatchObject({ outcome: 'ok' })
  })

  const broken = [
    ['throws while loading', `throw new TypeError('at the top')`, 'index.handler', 'TypeError', 'at the top'],
    [
      'has no such export',
      `export const other = 1`,
      'index.handler',
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'is not there',
      `export const handler = 1`,
      'main.handler',
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'main'",
    ],
    [
      'takes a callback',
      `export const handler = (a, b, c) => c()`,
      'index.handler',
      'Runtime.CallbackHandlerDeprecated',
      'index.handler takes a callback: make it async',
    ],
  ] as const
  it.each(broken)('says so when the module %s', async (_, source, handler, errorType, errorMessage) => {
    const { runtime } = await start(source, { handler })
    const result = await runtime.invoke({})
    expect(result).toMatchObject({ outcome: 'failed', kind: 'handled', errorType })
    expect(result).toHaveProperty('errorMessage', expect.stringContaining(errorMessage))
  })

  it('keeps the log of each call with its request ID, platform lines around it', async () => {
    const { runtime } = await start(`
      console.log('loading')
      export const handler = async (event) => {
        console.log('one', { two: 2 })
        console.error('line\\nbreak')
        process.stdout.write('raw\\n')
        process.stdout.write('unfinished')
      }`)
    const [first, second] = [await runtime.invoke({}), await runtime.invoke({})]
    const lines = (id: string) => runtime.logs.filter(({ requestId }) => requestId === id).map(({ message }) => message)
    expect(runtime.logs[0]).toMatchObject({ message: expect.stringMatching(/\tundefined\tINFO\tloading$/u) })
    for (const { requestId } of [first, second]) {
      const own = lines(requestId)
      expect(own[0]).toBe(`START RequestId: ${requestId} Version: $LATEST`)
      const [written, errors] = [
        own.filter((line) => !line.includes('ERROR')),
        own.filter((line) => line.includes('ERROR')),
      ]
      expect(written.slice(1, -2)).toEqual([
        expect.stringMatching(new RegExp(`Z\\t${requestId}\\tINFO\\tone \\{ two: 2 \\}$`, 'u')),
        'raw',
        'unfinished',
      ])
      expect(errors).toEqual([expect.stringMatching(new RegExp(`Z\\t${requestId}\\tERROR\\tline\\nbreak$`, 'u'))])
      expect(own.at(-2)).toBe(`END RequestId: ${requestId}`)
      expect(own.at(-1)).toMatch(
        new RegExp(
          `^REPORT RequestId: ${requestId}\\tDuration: [\\d.]+ ms\\tBilled Duration: \\d+ ms\\tMemory Size: 128 MB\\tMax Memory Used: \\d+ MB`,
          'u',
        ),
      )
    }
    expect(lines(first.requestId).at(-1)).toContain('Init Duration')
    expect(lines(second.requestId).at(-1)).not.toContain('Init Duration')
  })

  it('writes JSON lines if the function is configured for them', async () => {
    const { runtime } = await start(`export const handler = async () => { console.warn({ code: 7 }) }`, {
      logFormat: 'JSON',
    })
    const { requestId } = await runtime.invoke({})
    const lines = runtime.logs.map(({ message }) => JSON.parse(message))
    expect(lines).toEqual([
      expect.objectContaining({ type: 'platform.start', record: { requestId, version: '$LATEST' } }),
      { timestamp: expect.any(String), level: 'WARN', requestId, message: { code: 7 } },
      expect.objectContaining({
        type: 'platform.report',
        record: expect.objectContaining({ requestId, status: 'success' }),
      }),
    ])
  })

  it('takes fresh credentials before the old ones end, and not earlier', async () => {
    const { runtime, clock, issued } = await start(`export const handler = async () => process.env.AWS_ACCESS_KEY_ID`)
    const key = async () => ((await runtime.invoke({})) as unknown as { payload: string }).payload
    const first = await key()
    clock.skew = 50 * 60 * 1000
    expect(await key()).toBe(first)
    clock.skew = 56 * 60 * 1000
    const second = await key()
    expect(second).not.toBe(first)
    expect(issued).toEqual([first, second])
  })

  it('leaves no process and no folder behind when it is closed', async () => {
    const { runtime } = await start(
      `export const handler = async () => ({ pid: process.pid, root: process.env.LAMBDA_TASK_ROOT })`,
    )
    const { payload } = (await runtime.invoke({})) as unknown as { payload: { pid: number; root: string } }
    expect(existsSync(payload.root)).toBe(true)
    await runtime.close()
    expect(gone(payload.pid)).toBe(true)
    expect(existsSync(payload.root)).toBe(false)
    await expect(runtime.invoke({})).rejects.toThrow('closed')
  })

  it('ends with its parent, also when that is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'test-function-'))
    folders.push(folder)
    const parent = fork(fileURLToPath(new URL('../testing/orphaning-parent.js', import.meta.url)), [folder], {
      execArgv: [],
    })
    const [{ pid, root }] = (await once(parent, 'message')) as [{ pid: number; root: string }]
    expect(gone(pid)).toBe(false)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    while (!gone(pid)) await sleep(10)
    expect(existsSync(root)).toBe(false)
  })
})
