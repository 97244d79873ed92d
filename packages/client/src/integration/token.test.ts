import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { announce, type JournalEntry, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import fc from 'fast-check'
import type { AskedGrants, VendedIdentity } from '../credentials/vendor-options.js'
import { fromVendor } from '../from-vendor.js'
import { Project } from '../testing/account/project.js'
import { stackWith } from '../testing/account/stack-variant.js'
import { foreignKey, Issuer } from '../testing/servers/issuer.js'

/** Callers with a token: the stack with a JWT authorizer, and a separate issuer, over the wire. */

// On a busy machine this takes longer than jest's five seconds.
jest.setTimeout(120_000)

const journal: JournalEntry[] = []
let issuer: Issuer
let assembly: string
let aws: LocalAws

beforeAll(async () => {
  issuer = await Issuer.start()
  const jwt = { jwtIssuer: issuer.url, jwtAudience: 'app', jwtScope: 'mqtt' }
  assembly = await stackWith({ ...jwt, backends: 'true', deployCheck: 'false' })
  aws = await startLocalAws({ assembly, trust: issuer.certificate, journal: (entry) => journal.push(entry) })
})
afterAll(async () => {
  await aws.close()
  await issuer[Symbol.asyncDispose]()
  rmSync(assembly, { recursive: true })
})
beforeEach(() => aws.faults.skewClock(0))

function seconds() {
  return Math.floor(Date.now() / 1000)
}
function claims(change: object = {}) {
  const now = seconds()
  return { iss: issuer.url, aud: 'app', sub: 'alice', scope: 'mqtt', iat: now, nbf: now, exp: now + 600, ...change }
}
function vends() {
  return journal.filter(({ event, outcome }) => event === 'AssumeRole' && outcome === 'ok').length
}

async function vend(token: string, request: AskedGrants = {}): Promise<VendedIdentity> {
  const url = String(aws.outputs.TopicCredentials?.CredentialsUrl)
  const backoff = { baseMs: 0, capMs: 0, attempts: 1 }
  const credentials = fromVendor({ url, ca: aws.ca, token: () => token, request, backoff })
  try {
    return await credentials()
  } finally {
    credentials.close()
  }
}

describe('a token', () => {
  it('of the issuer identifies the user by its sub claim', async () => {
    const { vended } = await vend(issuer.token(claims()))
    expect(vended).toMatchObject({ userId: 'alice', clientIdPrefix: 'alice:' })
    expect(vended.grants.publish).toContain('users/alice/#')
  })

  it('is accepted until it expires, and refused afterwards', async () => {
    const token = issuer.token(claims())
    expect((await vend(token)).vended.userId).toBe('alice')
    aws.faults.skewClock(11 * 60_000)
    const before = vends()
    await expect(vend(token)).rejects.toMatchObject({ status: 401 })
    expect(vends()).toBe(before)
    const later = seconds() + 11 * 60
    expect((await vend(issuer.token(claims({ iat: later, nbf: later, exp: later + 600 })))).vended.userId).toBe('alice')
  })

  const forged: [string, number, () => string][] = [
    ['has expired', 401, () => issuer.token(claims({ exp: seconds() - 1 }))],
    ['is not valid yet', 401, () => issuer.token(claims({ nbf: seconds() + 3600 }))],
    ['is for another audience', 401, () => issuer.token(claims({ aud: 'other' }))],
    ['is of another issuer', 401, () => issuer.token(claims({ iss: 'https://localhost:1' }))],
    ['is signed with a foreign key', 401, () => issuer.token(claims(), { key: foreignKey() })],
    ['is signed with an unknown key ID', 401, () => issuer.token(claims(), { header: { kid: 'two' } })],
    [
      'is not signed',
      401,
      () =>
        `${issuer
          .token(claims(), { header: { alg: 'none' } })
          .split('.')
          .slice(0, 2)
          .join('.')}.`,
    ],
    [
      'was changed',
      401,
      () => {
        const [header, , signature] = issuer.token(claims()).split('.')
        return [header, Buffer.from(JSON.stringify(claims({ sub: 'admin' }))).toString('base64url'), signature].join(
          '.',
        )
      },
    ],
    ['does not have the scope', 403, () => issuer.token(claims({ scope: 'openid' }))],
    ['is not a token', 401, () => 'admin'],
  ]

  it.each(forged)('that %s is refused with %i; nothing is vended', async (_, status, make) => {
    const before = vends()
    await expect(vend(make())).rejects.toMatchObject({ code: 'vend_refused', status })
    expect(vends()).toBe(before)
  })

  it('without the scope or after its expiration is refused with the reason, and not because of a signature or a clock', async () => {
    const refused = (change: object) => vend(issuer.token(claims(change)))
    await expect(refused({ scope: 'openid' })).rejects.toMatchObject({
      remedy: 'Sign in with the scope mqtt: the token does not have it.',
    })
    await expect(refused({ exp: seconds() - 1 })).rejects.toMatchObject({
      remedy: expect.stringMatching(/^Get a new token: .*exp.*\.$/u),
    })
    aws.faults.skewClock(10 * 60_000)
    const later = seconds() + 10 * 60
    const valid = { scope: 'openid', iat: later, nbf: later, exp: later + 600 }
    await expect(refused(valid)).rejects.toMatchObject({ code: 'vend_refused', status: 403 })
  })

  it.each([
    ['a filter', 'alice/#'],
    ['a wildcard', '+'],
    ['another level', 'bob/x'],
    ['a null character', 'bob\0'],
    ['a system topic', '${aws:userid}'],
  ])('whose sub is %s gets only the topics of all users, and the response contains the reason', async (_, sub) => {
    const { vended } = await vend(issuer.token(claims({ sub })))
    expect(vended).toMatchObject({ userId: sub, grants: { publish: ['test'] }, dropped: [{ rule: 'entitlements[1]' }] })
  })

  it('with an empty sub is refused, and nothing is vended', async () => {
    const before = vends()
    await expect(vend(issuer.token(claims({ sub: '' })))).rejects.toMatchObject({ code: 'vend_refused', status: 403 })
    expect(vends()).toBe(before)
  })

  it.each([
    ['an IAM wildcard', '*'],
    ['a variable', 'a${aws:userid}'],
    ['the start of a client ID', 'bob:'],
    ['a list as a string', '[bob admin]'],
  ])('whose sub is %s identifies only the user of that name', async (_, sub) => {
    const { vended } = await vend(issuer.token(claims({ sub })))
    expect(vended).toMatchObject({ userId: sub, grants: { publish: ['test', `users/${sub}/#`] } })
    await expect(vend(issuer.token(claims({ sub })), { publish: ['users/bob/x'] })).rejects.toMatchObject({
      problem: { code: 'not_entitled' },
    })
  })

  it.each([
    ['a list with the group', ['operators', 'staff'], true],
    ['the group as a string', 'operators', true],
    ['other groups', ['staff'], false],
    ['a nested list', [['operators']], false],
    ['one group of two words', ['Former operators'], false],
    ['one group of two words, as a string', 'Former operators', false],
    ['a string in brackets', '[operators]', false],
    ['the group and one of two words', ['Former staff', 'operators'], true],
    ['an object', { operators: true }, false],
  ])('gets the entitlements of its groups: %s', async (_, groups, entitled) => {
    const { vended } = await vend(issuer.token(claims({ groups, 'claims.groups': 'operators' })))
    expect(vended.grants.subscribe.map(String).includes('devices/+/telemetry')).toBe(entitled)
  })
})

it('random tokens get the entitlements that an oracle derives from the token', async () => {
  const word = fc.constantFrom('operators', 'Former operators', '[operators]', 'a b', '', ' ', 'é', '"', 'null')
  const groups = fc.oneof(word, fc.array(word, { maxLength: 4 }), fc.constantFrom(7, true, null, {}, [['operators']]))
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  for (const one of fc.sample(groups, { seed, numRuns: 60 })) {
    const { vended } = await vend(issuer.token(claims({ groups: one })))
    const entitled =
      one === 'operators' ||
      (Array.isArray(one) && one.every((each) => typeof each === 'string') && one.includes('operators'))
    const got = vended.grants.subscribe.map(String).includes('devices/+/telemetry')
    expect({ seed, groups: one, got }).toEqual({ seed, groups: one, got: entitled })
  }
})

describe('--token-file', () => {
  it('reads the file again for each command', async () => {
    await using project = new Project()
    const { remove } = await announce(aws, { directory: project.folder })
    const file = join(project.folder, 'token')
    const expired = issuer.token(claims({ exp: seconds() - 1 }))
    writeFileSync(file, expired)
    // The recipient is explicit, because the outputs in another folder could be from anyone.
    const to = ['--url', String(aws.outputs.TopicCredentials?.CredentialsUrl), '--ca', aws.caFile]
    const refused = await project.run('whoami', '--token-file', file, ...to)
    expect(refused.code).not.toBe(0)
    expect(refused.err).toContain('401')
    expect(refused.err).not.toContain(expired)

    const good = issuer.token(claims())
    writeFileSync(file, `${good}\n`)
    const { code, out, err } = await project.run('whoami', '--token-file', file, ...to)
    expect(code).toBe(0)
    expect([...out, err].join('\n')).toContain('alice')
    expect([...out, err].join('\n')).not.toContain(good)

    const message = ['--topic', 'test', '--publish', 'hi', '--count', '1']
    const main = await project.run('start', ...message, '--token-file', file, ...to)
    expect(main.out).toContain("Received message from topic 'test': hi")
    await remove()
  })

  it('writes no token to a log', () => {
    const logs = [...aws.functions.keys()].flatMap((name) => aws.logs(name))
    expect(JSON.stringify([logs, journal])).not.toMatch(/eyJ[\w-]+\.eyJ/u)
  })
})
