import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ended, Project, printed } from '../testing/account/project.js'

/** A separate project for each test, with a synthesized stack, no deployment and no running stand-in. */
let project: Project
function start(...words: string[]) {
  return project.start(...words)
}
function run(...words: string[]) {
  return project.run(...words)
}

beforeEach(() => {
  project = new Project()
})

afterEach(async () => {
  await project[Symbol.asyncDispose]()
})

describe('topic-credentials', () => {
  it.each([[[]], [['--mqtt', '3']], [['--']]])('publishes and receives with %j', async (words) => {
    const { code, out, err } = await run(...words, '--publish', '{"hello":"world"}', '--count', '1')
    expect(out).toEqual([
      'Connected!',
      "Subscribing to topic 'test'...",
      'Subscribed with QoS 1',
      'Received message from topic \'test\': {"hello":"world"}',
    ])
    expect(err).toMatch(/^Using a new stand-in.*\nCredentials for developer until .* \(60 min\): publish test, .*\n$/u)
    expect(code).toBe(0)
  })

  it('prints one JSON object per line with --json, without secrets', async () => {
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
    expect(out.join()).not.toMatch(/secret|token/iu)
    expect(code).toBe(0)
  })

  it('exits with 3 for a topic that is not granted, and prints the grants', async () => {
    const { code, out, err } = await run('--topic', 'other')
    expect([code, out]).toEqual([3, []])
    expect(err).toMatch(/Error \(not_granted\): developer may not subscribe to 'other'.*Granted: publish test/u)
    expect(err).toMatch(/ask the operator to add 'other' to the entitlements/u)
    expect(err).not.toContain('    at ')
  })

  it('shares its stand-in with a second terminal, receives the message from there, and exits with 0 when it is interrupted', async () => {
    const first = start()
    await printed(first, 'Subscribed with QoS 1')
    const received = printed(first, "Received message from topic 'test': x")
    const second = await run('--topic', 'test', '--publish', 'x', '--count', '1')
    expect(second).toMatchObject({
      code: 0,
      err: expect.stringContaining('Using the running stand-in'),
    })
    await received
    first.kill('SIGINT')
    expect(await ended(first)).toMatchObject({ code: 0, err: expect.not.stringContaining('    at ') })
  })

  it('exits with 130 when it is interrupted before all messages have arrived, and with 6 after the timeout', async () => {
    const first = start('--count', '1')
    await printed(first, 'Subscribed with QoS 1')
    expect(await run('--count', '1', '--timeout', '0.5')).toMatchObject({
      code: 6,
      err: expect.stringContaining('0.5 s'),
    })
    first.kill('SIGINT')
    expect((await ended(first)).code).toBe(130)
  })

  it('exits with 2 for wrong usage, a missing outputs file and a missing CA file', async () => {
    expect(await run('--qos', '7')).toMatchObject({
      code: 2,
      out: [],
      err: expect.stringContaining('Allowed values: 0, 1'),
    })
    expect(await run('--outputs', 'none.json')).toMatchObject({ code: 2, err: expect.stringContaining('none.json') })
    expect(await run('--ca', 'none.pem')).toMatchObject({ code: 2, err: expect.stringContaining('none.pem') })
  })

  it('prefers the outputs of a deployed stack to a new stand-in', async () => {
    const url = 'https://abc.invalid/credentials'
    writeFileSync(
      join(project.folder, 'cdk-outputs.json'),
      JSON.stringify({ Stack: { CredentialsUrl: url, Region: 'eu-west-1' } }),
    )
    const child = start('--timeout', '2')
    expect(await ended(child)).toMatchObject({ err: expect.stringContaining('Using the deployed stack Stack') })
  })

  it('ignores the outputs of a stand-in that has ended', async () => {
    const outputs = { Stack: { CredentialsUrl: 'https://localhost:1/credentials', Region: 'eu-west-1' } }
    writeFileSync(join(project.folder, 'cdk-outputs.json'), JSON.stringify(outputs))
    expect(await run('--publish', 'hi', '--count', '1')).toMatchObject({
      code: 0,
      err: expect.stringContaining('Using a new stand-in'),
    })
  })

  it('explains what to do if there is no stack to use', async () => {
    rmSync(join(project.folder, 'cdk.out'))
    expect(await run()).toMatchObject({
      code: 2,
      err: expect.stringMatching(/There is no stack to use.*\n.*npm start/u),
    })
  })

  it('prints help with examples', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.arrayContaining(['Examples:']) })
  })
})
