import { Agent } from 'node:https'
import { fileURLToPath } from 'node:url'
import { IAMClient } from '@aws-sdk/client-iam'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { connect, fromVendor, type Session, type VendedCredentialsProvider } from '@topic-credentials/client'
import { type JournalEntry, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { Revoker } from './revoker.js'
import { held } from './testing/held-credentials.js'

/** Over the network: the synthesized stack in the stand-in, the vendor's bundle, the device SDK, the AWS SDK. */

const assembly = fileURLToPath(new URL('../../../cdk.out', import.meta.url))
const journal: JournalEntry[] = []
const waiting: (() => void)[] = []
const closing: (() => unknown)[] = []
const clock = { skew: 0, now: () => Date.now() + clock.skew }
const roleName = 'sts-sample-role'
let aws: LocalAws
let revoker: Revoker

beforeAll(async () => {
  const write = (entry: JournalEntry) => {
    journal.push(entry)
    for (const wake of waiting.splice(0)) wake()
  }
  // Another test covers the deploy check.
  aws = await startLocalAws({ assembly, clock, journal: write, triggers: false })
})

afterAll(async () => {
  for (const close of closing.reverse()) await close()
  await aws.close()
})

beforeEach(() => {
  clock.skew = 0
  // The SDK's clients keep the offset of a wrong clock.
  revoker = revokerAs(aws.operator)
})

function revokerAs({ accessKeyId, secretAccessKey }: LocalAws['operator']): Revoker {
  const options = {
    region: aws.region,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { httpsAgent: new Agent({ ca: aws.ca }) },
    // One more attempt for the correction of a wrong clock.
    maxAttempts: 2,
  }
  const iam = new IAMClient({ ...options, endpoint: aws.endpoints.iam })
  const iot = new IoTDataPlaneClient({ ...options, endpoint: `https://${aws.endpoints.iot}` })
  closing.push(() => [iam, iot].map((client) => client.destroy()))
  return new Revoker({ roleArn: String(aws.outputs.TopicCredentials?.RoleArn), iam, iot })
}

/** A user with several devices. Each device requests its own credentials and keeps them. */
function user(name: string): () => VendedCredentialsProvider {
  const { accessKeyId, secretAccessKey } = aws.createUser(name)
  return () => {
    const credentials = fromVendor({
      url: String(aws.outputs.TopicCredentials?.CredentialsUrl),
      region: aws.region,
      ca: aws.ca,
      credentials: { accessKeyId, secretAccessKey },
      backoff: { baseMs: 0, capMs: 0, attempts: 1 },
    })
    closing.push(() => credentials.close())
    return credentials
  }
}

interface Device {
  readonly session: Session
  readonly credentials: VendedCredentialsProvider
  /** Payloads from `test`, in order. */
  readonly inbox: readonly string[]
}

async function online(credentials: VendedCredentialsProvider, revalidateSeconds?: number): Promise<Device> {
  const session = await connect({
    credentials,
    ca: aws.ca,
    ...(revalidateSeconds === undefined ? {} : { revalidateSeconds }),
  })
  closing.push(() => session.close())
  const inbox: string[] = []
  const messages = session.subscribe('test')
  await messages.ready
  const read = async () => {
    for await (const { payload } of messages) {
      inbox.push(new TextDecoder().decode(payload))
      for (const wake of waiting.splice(0)) wake()
    }
  }
  read().catch(() => {})
  return { session, credentials, inbox }
}

/** Resolves when the condition holds. It is checked at each message and each event of the stand-in. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((wake) => waiting.push(wake))
}

function refused(event: string, clientId: string) {
  return journal.filter((one) => one.event === event && one.outcome === 'refused' && one.fields?.clientId === clientId)
    .length
}

function vendorRoleName() {
  return String(aws.directory.role(roleName)?.trustPolicy.Statement[0]?.Principal?.AWS?.[0]).split('/')[1]
}
function policiesOf(name = '') {
  return [...(aws.directory.role(name)?.inlinePolicies.keys() ?? [])]
}

describe('a revoked user', () => {
  it('can do everything before, nothing after, and everything with new credentials after an undo', async () => {
    const [mallorys, bobs] = [user('mallory'), user('bob')]
    const [mallory, bob] = [await online(mallorys()), await online(bobs())]
    const stolen = await held(mallory.credentials)
    // A device that only listens does not notice the revocation; one that renews its credentials does.
    const quiet = await online(mallorys())
    const asking = await online(mallorys(), 1)
    const told = new Promise((resolve) => asking.session.once('closed', resolve))
    await mallory.session.publish('test', 'one')
    await until(() => mallory.inbox.length === 1 && bob.inbox.length === 1)

    expect(await revoker.revoke({ user: 'mallory' })).toEqual({
      sessionName: 'mallory',
      connections: [],
      standing: true,
    })
    expect(await revoker.list()).toMatchObject({ revoked: ['mallory'], signedOut: [] })

    expect(await told).toMatchObject({ code: 'vend_refused', problem: { code: 'revoked' } })

    // The open connection can neither publish nor receive; that of the other user can do both.
    await expect(mallory.session.publish('test', 'two')).rejects.toMatchObject({ code: 'not_granted', byBroker: true })
    await bob.session.publish('test', 'three')
    await until(() => bob.inbox.length === 2 && refused('Receive', mallory.session.clientId) > 0)
    expect([mallory.inbox, bob.inbox]).toEqual([['one'], ['one', 'three']])

    // Connections with the existing credentials, and new vends, are refused.
    await expect(connect({ credentials: stolen, ca: aws.ca })).rejects.toMatchObject({ byBroker: true })
    await expect(mallorys()()).rejects.toMatchObject({ code: 'vend_refused', problem: { code: 'revoked' } })
    expect((await bobs()()).vended.userId).toBe('bob')
    await online(bob.credentials)

    // The connection is closed if its client ID is given.
    const closed = new Promise((resolve) => quiet.session.once('closed', resolve))
    const clientIds = [quiet.session.clientId, 'mallory:never-there']
    expect(await revoker.revoke({ user: 'mallory', clientIds })).toMatchObject({
      sessionName: 'mallory',
      connections: [
        { clientId: quiet.session.clientId, outcome: 'ended' },
        { clientId: 'mallory:never-there', outcome: 'absent' },
      ],
    })
    await closed
    expect(aws.iot.connections().map(({ principal }) => principal.split('/').at(-1))).toEqual(['bob', 'bob'])

    expect(await revoker.undo({ user: 'mallory' })).toMatchObject({ sessionName: 'mallory', undone: true })
    expect(await revoker.list()).toMatchObject({
      revoked: [],
      signedOut: [{ sessionName: 'mallory', before: expect.any(Number) }],
    })
    clock.skew += 4000
    const back = await online(mallorys())
    await back.session.publish('test', 'four')
    await until(() => back.inbox.length === 1 && bob.inbox.length === 3)
    // Credentials that were stolen before stay denied.
    await expect(connect({ credentials: stolen, ca: aws.ca })).rejects.toMatchObject({ byBroker: true })

    expect(await revoker.undo({ user: 'mallory' })).toMatchObject({ sessionName: 'mallory', undone: false })
    expect(policiesOf(vendorRoleName())).not.toContain('Revocations')
    clock.skew += 25 * 3_600_000
    await revoker.undo({ user: 'mallory' })
    expect(policiesOf(roleName)).toEqual(['Ceiling'])
  })

  it('after a sign-out, earlier credentials are refused and new ones work', async () => {
    const carols = user('carol')
    const before = await online(await held(carols()))
    await before.session.publish('test', 'x')
    const { connections } = await revoker.signOut({ user: 'carol', clientIds: [before.session.clientId] })
    expect(connections).toEqual([{ clientId: before.session.clientId, outcome: 'ended' }])
    await expect(connect({ credentials: before.credentials, ca: aws.ca })).rejects.toMatchObject({ byBroker: true })
    clock.skew += 4000
    const after = await online(carols())
    await after.session.publish('test', 'x')
  })
})

describe('before the stack is destroyed', () => {
  it('clear removes all policies that CloudFormation does not manage, and all users have access', async () => {
    const roles = [roleName, String(vendorRoleName())]
    await revoker.clear()
    const made = roles.map(policiesOf)
    const daves = user('dave')
    const old = await held(daves())
    await revoker.revoke({ user: 'dave' })
    await revoker.signOut({ user: 'erin' })
    expect(roles.map(policiesOf)).toEqual(made.map((names) => [...names, 'Revocations']))
    await expect(daves()()).rejects.toMatchObject({ problem: { code: 'revoked' } })

    const cleared = await revoker.clear()
    expect(cleared).toMatchObject({ revoked: ['dave'], signedOut: [{ sessionName: 'erin' }] })
    expect(roles.map(policiesOf)).toEqual(made)
    expect((await daves()()).vended.userId).toBe('dave')
    await online(old)
    expect(await revoker.clear()).toMatchObject({ revoked: [], signedOut: [] })
  })

  it('a policy of another program with this name is kept and reported', async () => {
    const foreign = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iot:*', Resource: '*' }] }
    aws.putRolePolicy(roleName, 'Revocations', foreign)
    await expect(revoker.clear()).rejects.toMatchObject({ code: 'foreign_policy' })
    expect(policiesOf(roleName)).toContain('Revocations')
    aws.deleteRolePolicy(roleName, 'Revocations')
  })

  it('a caller without the permission cannot clear', async () => {
    await revoker.revoke({ user: 'frank' })
    await expect(revokerAs(aws.developer).clear()).rejects.toMatchObject({ name: 'AccessDenied' })
    expect((await revoker.list()).revoked).toEqual(['frank'])
    await revoker.clear()
  })
})

describe('a refused operation changes nothing', () => {
  const state = () =>
    [roleName, String(vendorRoleName())].map((name) => [...(aws.directory.role(name)?.inlinePolicies ?? [])])

  it('for a client ID of another user', async () => {
    const before = state()
    const foreign = { code: 'foreign_client_id', value: 'bob:1' }
    await expect(revoker.revoke({ user: 'bo', clientIds: ['bo:1', 'bob:1'] })).rejects.toMatchObject(foreign)
    expect(state()).toEqual(before)
  })

  it('for a caller without the permission', async () => {
    const before = state()
    await expect(revokerAs(aws.developer).revoke({ user: 'bob' })).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(state()).toEqual(before)
  })

  it('for more users than the roles have room for, with an explanation', async () => {
    const filler = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'iot:*', Resource: `arn:aws:iot:*:*:topic/${'x'.repeat(8_000)}` }],
    }
    const other = String(vendorRoleName())
    aws.putRolePolicy(other, 'Filler', filler)
    let before = state()
    const fill = async () => {
      for (let index = 0; ; index++) {
        before = state()
        await revoker.revoke({ user: `${'u'.repeat(60)}${index}` })
      }
    }
    await expect(fill()).rejects.toMatchObject({ code: 'no_room', message: expect.stringContaining(`role ${other}`) })
    expect(state()).toEqual(before)
    const { revoked } = await revoker.list()
    expect(revoked.length).toBeGreaterThan(5)
    for (const user of revoked) await revoker.undo({ user })
    aws.deleteRolePolicy(other, 'Filler')
    expect(policiesOf(other)).not.toContain('Revocations')
  })

  it('for a policy of another program with the same name', async () => {
    const foreign = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iot:*', Resource: '*' }] }
    await revoker.signOut({ user: 'bob' })
    const kept = aws.directory.policyText(aws.directory.role(roleName)?.inlinePolicies.get('Revocations') as never)
    aws.putRolePolicy(roleName, 'Revocations', foreign)
    await expect(revoker.revoke({ user: 'bob' })).rejects.toMatchObject({ code: 'foreign_policy' })
    expect(policiesOf(vendorRoleName())).not.toContain('Revocations')
    aws.putRolePolicy(roleName, 'Revocations', kept)
  })

  it('for a topic role that trusts other principals than roles', async () => {
    const { trustPolicy } = aws.directory.role(roleName) ?? {}
    const open = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: aws.accountId }, Action: 'sts:AssumeRole' }],
    }
    aws.directory.updateAssumeRolePolicy(roleName, open)
    await expect(revoker.revoke({ user: 'bob' })).rejects.toMatchObject({ code: 'unknown_vendor' })
    aws.directory.updateAssumeRolePolicy(roleName, trustPolicy)
    expect((await revoker.revoke({ user: 'bob' })).sessionName).toBe('bob')
  })
})
