import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { type JournalEntry, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import { connect } from '../connect.js'
import type { AskedGrants, VendedIdentity } from '../credentials/vendor-options.js'
import { fromVendor } from '../from-vendor.js'
import { rawClient } from '../testing/wire/raw-client.js'

/** Situations that only a stand-in can produce: arbitrary users, credentials that expire now, an edited template. */

const assembly = join(projectRoot(process.cwd()), 'cdk.out')
const journal: JournalEntry[] = []
let aws: LocalAws

beforeAll(async () => {
  aws = await startLocalAws({ assembly, journal: (entry) => journal.push(entry) })
})

afterAll(async () => {
  await aws.close()
})

function provider(user: LocalAws['developer'] = aws.developer, request: AskedGrants = {}, stack: LocalAws = aws) {
  const url = String(stack.outputs.TopicCredentials?.CredentialsUrl)
  const { accessKeyId, secretAccessKey, sessionToken } = user
  return fromVendor({
    url,
    region: stack.region,
    ca: stack.ca,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    request,
    backoff: { baseMs: 0, capMs: 0, attempts: 1 },
  })
}

async function vend(user?: LocalAws['developer'], request?: AskedGrants, stack?: LocalAws): Promise<VendedIdentity> {
  const credentials = provider(user, request, stack)
  try {
    return await credentials()
  } finally {
    credentials.close()
  }
}

function ownClientId({ vended }: VendedIdentity) {
  return vended.clientIdPrefix + randomUUID()
}

describe.each([5, 3] as const)('an expired credential, over MQTT %s', (version) => {
  it('is accepted before it expires, and refused afterwards', async () => {
    const identity = await vend()
    await using before = rawClient(version, { identity, clientId: ownClientId(identity), ca: aws.ca })
    expect(await before.connect()).toBe('allowed')
    aws.faults.expireCredentials(identity.accessKeyId)
    await using after = rawClient(version, { identity, clientId: ownClientId(identity), ca: aws.ca })
    expect(await after.connect()).toBe('refused')
  })
})

describe('users', () => {
  it('reach only their own topics, even if their names are similar', async () => {
    const alice = await vend(aws.createUser('alice'))
    for (const name of ['alice2', 'alic', 'a.lice', 'alice=2F', 'ALICE']) {
      const other = await vend(aws.createUser(name))
      await using client = rawClient(5, { identity: other, clientId: ownClientId(other), ca: aws.ca })
      expect(await client.connect()).toBe('allowed')
      expect(await client.subscribe(`users/${name}/#`)).toBe('allowed')
      expect(await client.subscribe('users/alice/#')).toBe('refused')
      expect(await client.publish('users/alice/inbox', 'x')).toBe('refused')
      await using thief = rawClient(5, { identity: other, clientId: ownClientId(alice), ca: aws.ca })
      expect(await thief.connect()).toBe('refused')
    }
  })

  it.each(['a+b', '+'])(
    'named %s get only the topics of all users, and the response contains the reason',
    async (name) => {
      const { vended } = await vend(aws.createUser(name))
      expect(vended.grants).toEqual({ publish: ['test'], subscribe: ['test'], retain: [] })
      expect(vended.dropped).toMatchObject([
        { rule: 'entitlements[1]', reason: expect.stringContaining(`userId is "${name}"`) },
      ])
    },
  )

  it('of an identity pool are identified by their identity, not by their session name', async () => {
    const identity = (digit: number, sessionName = 'CognitoIdentityCredentials', amr = 'authenticated') =>
      aws.createSession({
        roleName: 'PoolRole',
        sessionName,
        cognitoIdentity: {
          amr: [amr],
          identityId: `eu-west-1:${String(digit).repeat(8)}-2222-4333-8444-555555555555`,
          identityPoolId: 'eu-west-1:99999999-2222-4333-8444-555555555555',
        },
      })
    const [one, two, chosen] = [await vend(identity(1)), await vend(identity(2)), await vend(identity(1, 'victim'))]
    expect(one.vended.userId).toBe('eu-west-1:11111111-2222-4333-8444-555555555555')
    expect(chosen.vended.userId).toBe(one.vended.userId)
    await using client = rawClient(5, { identity: two, clientId: ownClientId(two), ca: aws.ca })
    expect(await client.connect()).toBe('allowed')
    expect(await client.subscribe(`users/${two.vended.userId}/#`)).toBe('allowed')
    expect(await client.subscribe(`users/${one.vended.userId}/#`)).toBe('refused')
    await using thief = rawClient(5, { identity: two, clientId: ownClientId(one), ca: aws.ca })
    expect(await thief.connect()).toBe('refused')
    await expect(vend(identity(3, undefined, 'unauthenticated'))).rejects.toMatchObject({ status: 403 })
  })

  it.each(['botocore-session-1675698641', 'aws-sdk-js-session-1795867600000', 'GitHubActions'])(
    'with the generated session name %s are refused, and the remedy names the setting',
    async (sessionName) => {
      await expect(vend(aws.createSession({ roleName: 'Dev', sessionName }))).rejects.toMatchObject({
        code: 'vend_refused',
        status: 403,
        remedy: expect.stringMatching(/role.session.name/u),
      })
      const { vended } = await vend(aws.createSession({ roleName: 'Dev', sessionName: 'alice' }))
      expect(vended.userId).toBe('Dev~alice')
    },
  )

  it('of the API cannot assume the role themselves', async () => {
    await expect(assumeRoleAs(aws.developer)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(
        /user\/developer is not authorized to perform: sts:AssumeRole on resource: .*sts-sample-role/u,
      ),
    })
    // The function, which the trust policy names, can assume it.
    expect((await vend()).accessKeyId).toMatch(/^ASIA/u)
  })
})

describe('a manually changed trust policy', () => {
  it('makes the vend fail with STS’s AccessDenied', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'assembly-'))
    cpSync(assembly, copy, { recursive: true })
    const document = JSON.parse(readFileSync(template(copy), 'utf8'))
    for (const statement of topicRole(document).AssumeRolePolicyDocument.Statement) {
      statement.Principal = { AWS: 'arn:aws:iam::123456789012:role/other' }
    }
    writeFileSync(template(copy), JSON.stringify(document))
    const refusals: JournalEntry[] = []
    await using broken = await startLocalAws({
      assembly: copy,
      // With the deploy check, it would not start.
      triggers: false,
      journal: (entry) => entry.service === 'sts' && refusals.push(entry),
    })
    await expect(vend(broken.developer, {}, broken)).rejects.toMatchObject({ message: expect.stringContaining('502') })
    expect(refusals).toEqual([expect.objectContaining({ event: 'AssumeRole', outcome: 'refused' })])
    const log = [...broken.functions.keys()].flatMap((name) => broken.logs(name))
    expect(JSON.stringify(log)).toContain('AccessDenied')
    expect((await vend()).vended.userId).toBe('developer')
    rmSync(copy, { recursive: true })
  })
})

describe('the output', () => {
  it('contains no secret: journal, function log, errors', async () => {
    const identity = await vend()
    const credentials = provider()
    const session = await connect({ credentials, ca: aws.ca })
    await session.publish('test', 'x')
    const errors = [
      await session.publish('other', 'x').catch((error: unknown) => error),
      await vend(aws.developer, { subscribe: ['#'] }).catch((error: unknown) => error),
    ]
    await session.close()
    credentials.close()
    const logs = [...aws.functions.keys()].flatMap((name) => aws.logs(name))
    const written = [JSON.stringify(journal), JSON.stringify(logs), ...errors.map(everything)].join('\n')
    expect(written).toContain(identity.accessKeyId)
    for (const secret of [identity.secretAccessKey, identity.sessionToken, aws.developer.secretAccessKey]) {
      expect(written).not.toContain(secret)
      expect(written).not.toContain(encodeURIComponent(secret))
    }
    expect(written).not.toMatch(/X-Amz-Security-Token=|"?(secretAccessKey|sessionToken)"?:/iu)
  })
})

async function assumeRoleAs({ accessKeyId, secretAccessKey }: LocalAws['developer']): Promise<unknown> {
  const sts = new STSClient({
    endpoint: aws.endpoints.sts,
    region: aws.region,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: new NodeHttpHandler({ httpsAgent: new Agent({ ca: aws.ca }) }),
  })
  const RoleArn = aws.outputs.TopicCredentials?.RoleArn
  return sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'developer' })).finally(() => sts.destroy())
}

/** Message, stack, fields and causes of an error. */
function everything(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const own = Object.getOwnPropertyNames(error).map((key) => [key, (error as Record<string, unknown>)[key]] as const)
  return own.map(([key, value]) => `${key}: ${everything(value)}`).join('\n')
}

function template(folder: string): string {
  return join(folder, 'TopicCredentials.template.json')
}

interface RoleProperties {
  readonly RoleName?: string
  readonly AssumeRolePolicyDocument: { readonly Statement: { Principal: Record<string, unknown> }[] }
}

function topicRole(document: { Resources: Record<string, { Properties: RoleProperties }> }): RoleProperties {
  const role = Object.values(document.Resources).find(({ Properties }) => Properties?.RoleName === 'sts-sample-role')
  if (role === undefined) throw new Error('The template has no role sts-sample-role')
  return role.Properties
}
