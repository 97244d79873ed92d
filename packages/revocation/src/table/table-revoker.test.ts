import { Agent } from 'node:https'
import { fileURLToPath } from 'node:url'
import { IAMClient } from '@aws-sdk/client-iam'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { TableClient, textAttribute, textOf, wholeNumberOf } from '@topic-credentials/access'
import { connect, fromVendor, type VendedCredentialsProvider } from '@topic-credentials/client'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { Revoker, type RevokerOptions } from '../revoker.js'
import { held } from '../testing/held-credentials.js'
import type { EverybodySignedOut } from './sessions/live-sessions.js'
import { stateKey } from './sessions/state-item.js'

// The work takes longer than Jest's default timeout: many commands and connections in a row.
jest.setTimeout(120_000)

/** Over the network: the synthesized stack with its access table, the vendor's bundle, the AWS SDK. */

const assembly = fileURLToPath(new URL('../../../../cdk.out', import.meta.url))
const roleName = 'sts-sample-role'
// Behind the functions' clock, so that a sign-out a few seconds ahead is already in the past for the next vend.
const behind = -10_000
const clock = { skew: behind, now: () => Date.now() + clock.skew }
const closing: (() => unknown)[] = []
let aws: LocalAws
let table: TableClient

beforeAll(async () => {
  aws = await startLocalAws({ assembly, clock, triggers: false })
  table = tableAs(aws.operator)
})

afterAll(async () => {
  for (const close of closing.reverse()) await close()
  await aws.close()
})

beforeEach(() => {
  clock.skew = behind
  aws.faults.iam.lagReads(0)
})

function keys({ accessKeyId, secretAccessKey }: LocalAws['operator']) {
  return { accessKeyId, secretAccessKey }
}

function tableAs(who: LocalAws['operator'], tableName = String(aws.outputs.TopicCredentials?.AccessTable)) {
  const endpoint = String(aws.endpoints.dynamodb)
  return new TableClient({ tableName, region: aws.region, endpoint, credentials: keys(who), ca: aws.ca })
}

function revoker(options: Partial<RevokerOptions> = {}, who = aws.operator): Revoker {
  const shared = {
    region: aws.region,
    credentials: keys(who),
    requestHandler: { httpsAgent: new Agent({ ca: aws.ca }) },
    maxAttempts: 2,
  }
  const iam = new IAMClient({ ...shared, endpoint: aws.endpoints.iam })
  const iot = new IoTDataPlaneClient({ ...shared, endpoint: `https://${aws.endpoints.iot}` })
  closing.push(() => [iam, iot].map((client) => client.destroy()))
  const roleArn = String(aws.outputs.TopicCredentials?.RoleArn)
  const patience = { reads: 5, pause: async () => {} }
  return new Revoker({ roleArn, iam, iot, table, patience, operator: async () => 'arn:operator', ...options })
}

/** A caller. Each call creates a new device. */
function caller(credentials: LocalAws['operator'] & { readonly sessionToken?: string | undefined }) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  return (): VendedCredentialsProvider => {
    const provider = fromVendor({
      url: String(aws.outputs.TopicCredentials?.CredentialsUrl),
      region: aws.region,
      ca: aws.ca,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
      backoff: { baseMs: 0, capMs: 0, attempts: 1 },
    })
    closing.push(() => provider.close())
    return provider
  }
}

function user(name: string) {
  return caller(aws.createUser(name))
}

async function connects(credentials: VendedCredentialsProvider): Promise<boolean> {
  try {
    const session = await connect({ credentials, ca: aws.ca })
    await session.close()
    return true
  } catch {
    return false
  }
}

const refusedAsRevoked = { code: 'vend_refused', problem: { code: 'revoked' } }

describe('a mark in the table', () => {
  it('refuses the user at the next vend and denies its sessions; after an undo, only new credentials work', async () => {
    const [alices, bobs] = [user('alice'), user('bob')]
    const [old, other] = await Promise.all([held(alices()), held(bobs())])
    expect(await revoker().revoke({ user: 'alice' })).toMatchObject({ sessionName: 'alice', standing: true })
    await expect(alices()()).rejects.toMatchObject(refusedAsRevoked)
    expect([await connects(old), await connects(other)]).toEqual([false, true])
    await bobs()()
    expect((await revoker().list()).revoked).toEqual(['alice'])

    expect(await revoker().undo({ user: 'alice' })).toMatchObject({ undone: true })
    expect(await revoker().undo({ user: 'alice' })).toMatchObject({ undone: false })
    clock.skew = 0
    expect([await connects(old), await connects(alices())]).toEqual([false, true])
    clock.skew = 26 * 3_600_000
    await revoker().signOut({ user: 'zoe' })
    expect(JSON.stringify(aws.directory.role(roleName)?.inlinePolicies.get('Revocations'))).not.toContain('alice')
  })

  it('contains its writer', async () => {
    await revoker().revoke({ user: 'carol' })
    const item = (await table.read(['user#carol'])).get('user#carol')
    expect(textOf(item?.updatedBy)).toBe('arn:operator')
    await revoker().clear()
  })

  it('of a role refuses all its sessions of any name, and no others', async () => {
    const trust = (role: string) => ({
      roleName: role,
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
      },
      inlinePolicies: {
        call: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:*', Resource: '*' }] },
      },
    })
    const [dev, ops] = [aws.directory.createRole(trust('Dev')), aws.directory.createRole(trust('Ops'))]
    const session = (role: typeof dev, sessionName: string) =>
      caller(aws.directory.addSession({ role, sessionName, durationSeconds: 3600 }))
    const long = 'a-name-that-is-too-long-to-be-kept-as-it-is-and-so-is-hashed'
    const providers = [session(dev, 'mallory')(), session(dev, long)(), session(ops, 'mallory')()]
    const before = await Promise.all(providers.map(held))
    await revoker().revoke({ role: 'Dev' })
    await expect(session(dev, 'another-name')()()).rejects.toMatchObject(refusedAsRevoked)
    await session(ops, 'another-name')()()
    expect(await Promise.all(before.map(connects))).toEqual([false, false, true])
    expect((await revoker().list()).revokedRoles).toEqual(['Dev'])
    await revoker().undo({ role: 'Dev' })
    await session(dev, 'another-name')()()
    await revoker().clear()
  })
})

describe('the Deny for live sessions', () => {
  it('restores no access while IAM’s reads are stale, as two consecutive commands once did', async () => {
    const [daves, erins] = [user('dave'), user('erin')]
    const [dave, erin] = await Promise.all([held(daves()), held(erins())])
    aws.faults.iam.lagReads(60_000)
    expect(await revoker().revoke({ user: 'dave' })).toMatchObject({ standing: false })
    expect(await revoker().revoke({ user: 'erin' })).toMatchObject({ standing: false })
    await expect(daves()()).rejects.toMatchObject(refusedAsRevoked)
    await expect(erins()()).rejects.toMatchObject(refusedAsRevoked)
    expect([await connects(dave), await connects(erin)]).toEqual([false, false])
    aws.faults.iam.lagReads(0)
    expect(await revoker().repair()).toEqual({ standing: true })
    await revoker().clear()
  })

  it('names users while there is room, then denies all older sessions after a notice; undo always works', async () => {
    const gina = await held(user('gina')())
    const ceiling = aws.directory.role(roleName)?.inlinePolicies.get('Ceiling')
    const taken = ceiling === undefined ? 0 : aws.directory.policyText(ceiling).length
    /** Leaves this number of characters. */
    const leave = (room: number) => {
      const Statement = [{ Effect: 'Deny', Action: 'iot:x', Resource: 'arn:aws:iot:*:*:topic/' }]
      const empty = JSON.stringify({ Version: '2012-10-17', Statement }).length
      const Resource = `${Statement[0]?.Resource}${'x'.repeat(10_240 - taken - empty - room)}`
      aws.putRolePolicy(roleName, 'Filler', { Version: '2012-10-17', Statement: [{ ...Statement[0], Resource }] })
    }
    leave(600)
    const said: EverybodySignedOut[] = []
    const names = Array.from({ length: 12 }, (_, index) => `${'u'.repeat(60)}${index}`)
    for (const name of names) {
      const before = said.length
      await revoker({ onEverybody: (event) => said.push(event) }).revoke({ user: name })
      expect(await connects(gina)).toBe(said.length === 0)
      expect(said.length - before).toBeLessThanOrEqual(1)
    }
    expect(said.length).toBeGreaterThan(0)
    expect((await revoker().list()).revoked).toHaveLength(12)
    for (const name of names) expect(await revoker().undo({ user: name })).toMatchObject({ undone: true })
    expect((await revoker().list()).revoked).toEqual([])

    // Without any room, the mark still takes effect, and the message describes what does not.
    await revoker().clear()
    leave(50)
    await expect(revoker().revoke({ user: 'henry' })).rejects.toMatchObject({ code: 'no_room' })
    await expect(user('henry')()()).rejects.toMatchObject(refusedAsRevoked)
    aws.deleteRolePolicy(roleName, 'Filler')
    expect(await revoker().repair()).toEqual({ standing: true })
    await revoker().clear()
    expect([...(aws.directory.role(roleName)?.inlinePolicies.keys() ?? [])]).toEqual(['Ceiling'])
  })

  it('is rebuilt from the marks after state and role were edited by hand', async () => {
    const ivan = await held(user('ivan')())
    await revoker().revoke({ user: 'ivan' })
    aws.deleteRolePolicy(roleName, 'Revocations')
    const state = (await table.read([stateKey])).get(stateKey)
    const expected = { version: wholeNumberOf(state?.version) ?? 0, writeId: textOf(state?.writeId) }
    expect(await table.put({ ...state, pk: textAttribute(stateKey), sessions: textAttribute('{') }, expected)).toBe(
      true,
    )
    await expect(revoker().revoke({ user: 'judy' })).rejects.toMatchObject({
      code: 'unusable_item',
      remedy: expect.stringContaining('--repair'),
    })
    expect(await connects(ivan)).toBe(true)
    expect(await revoker().repair()).toEqual({ standing: true })
    expect(await connects(ivan)).toBe(false)
    await revoker().clear()
  })
})

it('the revocations of a stack without a table are migrated once, and a later undo stays in effect', async () => {
  const vendorRole =
    String(aws.directory.role(roleName)?.trustPolicy.Statement[0]?.Principal?.AWS?.[0]).split('/')[1] ?? ''
  await using old = await startLocalAws({ assembly, clock, triggers: false })
  const before = aws
  aws = old
  table = tableAs(old.operator)
  try {
    const [kates, leos] = [user('kate'), user('leo')]
    const leo = await held(leos())
    const byIam = revoker({ table: undefined })
    await byIam.revoke({ user: 'kate' })
    await byIam.signOut({ user: 'leo' })
    await expect(kates()()).rejects.toMatchObject(refusedAsRevoked)

    expect(await revoker().list()).toMatchObject({ revoked: ['kate'], signedOut: [{ sessionName: 'leo' }] })
    await expect(kates()()).rejects.toMatchObject(refusedAsRevoked)
    expect(await connects(leo)).toBe(false)
    expect([...(old.directory.role(vendorRole)?.inlinePolicies.keys() ?? [])]).not.toContain('Revocations')
    await revoker().undo({ user: 'kate' })
    old.faults.iam.lagReads(3_600_000)
    await revoker().signOut({ user: 'zoe' })
    clock.skew = 0
    await kates()()
  } finally {
    aws = before
    table = tableAs(before.operator)
  }
})

describe('rights', () => {
  it('a developer can neither mark nor read the table', async () => {
    const theirs = tableAs(aws.developer)
    const denied = { code: 'table_refused', value: 'AccessDeniedException' }
    await expect(revoker({ table: theirs }, aws.developer).revoke({ user: 'bob' })).rejects.toMatchObject(denied)
    await expect(theirs.read(['user#bob'])).rejects.toMatchObject(denied)
    expect((await revoker().list()).revoked).toEqual([])
  })
})
