import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { announce, type LocalAws, localAudience, localIssuer, startLocalAws } from '@topic-credentials/local-aws'
import { Project } from '../../testing/account/project.js'
import { stackWith } from '../../testing/account/stack-variant.js'

jest.setTimeout(120_000)

/** Two users with groups, in two terminals. The stack accepts tokens of the stand-in's own issuer. */
describe('--as with a stack for tokens', () => {
  let assembly: string
  let aws: LocalAws
  let project: Project

  beforeAll(async () => {
    assembly = await stackWith({ jwtIssuer: localIssuer, jwtAudience: localAudience, deployCheck: 'false' })
    aws = await startLocalAws({ assembly })
    project = new Project()
    await announce(aws, { directory: project.folder })
  })
  afterAll(async () => {
    await project[Symbol.asyncDispose]()
    await aws.close()
    rmSync(assembly, { recursive: true })
  })

  it('gives an operator the grants of the rule for operators, and refuses them to another user', async () => {
    const topic = ['--topic', 'devices/+/telemetry', '--json']
    const operator = await project.run('whoami', '--as', 'alice', '--groups', 'operators', '--json')
    expect(JSON.parse(operator.out[0] ?? '')).toMatchObject({
      userId: 'alice',
      grants: { subscribe: ['test', 'users/alice/#', 'devices/+/telemetry'] },
      target: expect.stringContaining("as 'alice' (groups operators)"),
    })
    const refused = await project.run('--as', 'bob', '--groups', 'staff', ...topic)
    expect(refused).toMatchObject({ code: 3, err: expect.stringContaining('not_granted') })
  })

  it('lets a user receive on their own topic, and refuses it to another user', async () => {
    const own = 'users/alice/inbox'
    const alice = project.start('--as', 'alice', '--topic', own, '--count', '1')
    const lines = alice.stdout.setEncoding('utf8')
    let heard = ''
    const subscribed = new Promise<void>((resolve) => {
      lines.on('data', (text: string) => {
        heard += text
        if (heard.includes('Subscribed with QoS 1')) resolve()
      })
    })
    await subscribed
    const bob = await project.run('--as', 'bob', '--topic', own)
    expect(bob).toMatchObject({ code: 3, err: expect.stringContaining("bob may not subscribe to 'users/alice/inbox'") })
    expect(await project.run('publish', 'hi', '--as', 'alice', '--topic', own)).toMatchObject({ code: 0 })
    await once(alice, 'close')
    expect(heard).toContain(`Received message from topic '${own}': hi`)
  })

  it('says that a token is missing, or why a wrong token is refused', async () => {
    const missing = await project.run('whoami')
    expect(missing).toMatchObject({ code: 4, err: expect.stringMatching(/only accepts tokens.*--as/su) })
    writeFileSync(join(project.folder, 'bad.jwt'), 'eyJhbGciOiJub25lIiwia2lkIjoib25lIn0.e30.')
    const refused = await project.run(
      ...['whoami', '--token-file', 'bad.jwt', '--url', String(aws.outputs.TopicCredentials?.CredentialsUrl)],
      ...['--ca', aws.caFile],
    )
    expect(refused).toMatchObject({
      code: 4,
      err: expect.stringMatching(/Get a new token: .+ not allowed\./su),
    })
    expect(refused.err).not.toContain('only accepts tokens')
  })

  it.each([
    ['claims without a user', ['whoami', '--groups', 'a'], 2, 'none is named'],
    ['claims that are not an object', ['whoami', '--as', 'a', '--claims', '[]'], 2, 'JSON object'],
    ['a user and a profile', ['whoami', '--as', 'a', '--profile', 'b'], 2, 'cannot be used with'],
    ['a user and the URL of a vendor', ['whoami', '--as', 'a', '--url', 'https://x'], 2, 'cannot be used with'],
    ['a claim that the issuer sets', ['whoami', '--as', 'a', '--claims', '{"sub":"b"}'], 2, "the claim 'sub'"],
  ])('refuses %s as wrong usage', async (_, words, code, said) => {
    expect(await project.run(...words)).toMatchObject({ code, err: expect.stringContaining(said) })
  })
})

describe('--as with a stack for IAM callers', () => {
  let aws: LocalAws
  let project: Project
  beforeAll(async () => {
    project = new Project()
    aws = await startLocalAws({ assembly: join(project.folder, 'cdk.out'), triggers: false })
    await announce(aws, { directory: project.folder })
  })
  afterAll(async () => {
    await project[Symbol.asyncDispose]()
    await aws.close()
  })

  it('creates the user on demand', async () => {
    const { code, out } = await project.run('whoami', '--as', 'carol', '--json')
    expect({ code, userId: JSON.parse(out[0] ?? '').userId }).toEqual({ code: 0, userId: 'carol' })
  })

  it('refuses claims and names the command that allows them', async () => {
    const refused = await project.run('whoami', '--as', 'carol', '--groups', 'operators')
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        `npm run deploy:local -- -c jwtIssuer=${localIssuer} -c jwtAudience=${localAudience}`,
      ),
    })
  })
})
