import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { projectRoot } from './workspace.js'

const main = fileURLToPath(new URL('main.js', import.meta.url))

/** A project of its own for each test: with the synthesized stack, with nothing deployed, with nothing running. */
let project: string
let running: ChildProcessWithoutNullStreams[]

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'project-'))
  writeFileSync(join(project, 'cdk.json'), '{}')
  symlinkSync(join(projectRoot(process.cwd()), 'cdk.out'), join(project, 'cdk.out'))
  running = []
})

afterEach(async () => {
  for (const child of running.filter(({ exitCode }) => exitCode === null)) {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  rmSync(project, { recursive: true, force: true })
})

function start(...words: string[]): ChildProcessWithoutNullStreams {
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(process.execPath, [main, ...words], { env: { ...env, INIT_CWD: project } })
  running.push(child)
  return child
}

interface Ended {
  readonly code: number | null
  readonly out: string[]
  readonly err: string
}

async function run(...words: string[]): Promise<Ended> {
  return ended(start(...words))
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    err += String(chunk)
  })
  const [code] = await once(child, 'close')
  return { code: code as number | null, out: out.split('\n').slice(0, -1), err }
}

/** Waits until the child has printed the line. */
async function printed(child: ChildProcessWithoutNullStreams, line: string): Promise<void> {
  for await (const each of createInterface({ input: child.stdout })) if (each === line) return
  throw new Error(`ended without printing: ${line}`)
}

describe('topic-credentials', () => {
  it.each([[[]], [['--mqtt', '3']], [['--']]])('publishes and receives with %j', async (words) => {
    const { code, out, err } = await run(...words, '--publish', '{"hello":"world"}', '--count', '1')
    expect(out).toEqual([
      'Connected!',
      "Subscribing to topic 'test'...",
      'Subscribed with QoS 1',
      'Received message from topic \'test\': {"hello":"world"}',
    ])
    expect(err).toMatch(/^Using a stand-in of its own.*\nVended to developer until .* \(60 min\): publish test, .*\n$/)
    expect(code).toBe(0)
  })

  it('prints one JSON object a line with --json, and nothing secret', async () => {
    const { code, out } = await run('--json', '--publish', 'hi', '--count', '1', '--topic', 'users/developer/inbox')
    const events = out.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.map(({ event }) => event)).toEqual([
      'target',
      'vended',
      'connected',
      'subscribing',
      'subscribed',
      'message',
    ])
    expect(events.at(-1)).toMatchObject({ topic: 'users/developer/inbox', payload: 'hi' })
    expect(out.join()).not.toMatch(/secret|token/i)
    expect(code).toBe(0)
  })

  it('ends with 3 for a topic that is not granted, and says what is', async () => {
    const { code, err } = await run('--topic', 'other')
    expect(code).toBe(3)
    expect(err).toMatch(/Error \(not_granted\): developer may not subscribe to 'other'.*Granted: publish test/)
    expect(err).toMatch(/have 'other' added to the entitlements/)
    expect(err).not.toContain('    at ')
  })

  it('is found by the next terminal, hears it, and goes when it is interrupted', async () => {
    const first = start()
    await printed(first, 'Subscribed with QoS 1')
    const received = printed(first, "Received message from topic 'test': x")
    const second = await run('--topic', 'test', '--publish', 'x', '--count', '1')
    expect(second).toMatchObject({
      code: 0,
      err: expect.stringContaining('Using the stand-in that is running already'),
    })
    await received
    first.kill('SIGINT')
    expect(await ended(first)).toMatchObject({ code: 0, err: expect.not.stringContaining('    at ') })
  })

  it('ends with 130 when it is interrupted before the messages came, and with 6 when the time is over', async () => {
    const first = start('--count', '1')
    await printed(first, 'Subscribed with QoS 1')
    expect(await run('--count', '1', '--timeout', '0.5')).toMatchObject({
      code: 6,
      err: expect.stringContaining('0.5 s'),
    })
    first.kill('SIGINT')
    expect((await ended(first)).code).toBe(130)
  })

  it('ends with 2 for wrong usage, outputs that are none, and a CA file that is missing', async () => {
    expect(await run('--qos', '7')).toMatchObject({ code: 2, out: [], err: expect.stringContaining('Allowed: 0, 1') })
    expect(await run('--outputs', 'none.json')).toMatchObject({ code: 2, err: expect.stringContaining('none.json') })
    expect(await run('--ca', 'none.pem')).toMatchObject({ code: 2, err: expect.stringContaining('none.pem') })
  })

  it('prefers the outputs of a deployed stack, and names what it cannot reach', async () => {
    const url = 'https://abc.invalid/credentials'
    writeFileSync(
      join(project, 'cdk-outputs.json'),
      JSON.stringify({ Stack: { CredentialsUrl: url, Region: 'eu-west-1' } }),
    )
    const child = start('--timeout', '2')
    expect(await ended(child)).toMatchObject({ err: expect.stringContaining('Using the deployed stack Stack') })
  })

  it('says what to do where there is nothing to talk to', async () => {
    rmSync(join(project, 'cdk.out'))
    expect(await run()).toMatchObject({ code: 2, err: expect.stringMatching(/nothing to connect to.*\n.*npm start/) })
  })

  it('teaches', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.arrayContaining(['Examples:']) })
  })
})
