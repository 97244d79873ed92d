import { randomUUID } from 'node:crypto'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import type { VendedIdentity } from '../credentials/vendor-options.js'
import { fromVendor } from '../from-vendor.js'
import { stackWith } from '../testing/account/stack-variant.js'
import { rawClient } from '../testing/wire/raw-client.js'

// On a busy machine this takes longer than jest's five seconds.
jest.setTimeout(300_000)

/** Production and staging in one account and Region: one broker, two vendors. */
let folders: readonly string[] = []
let aws: LocalAws

beforeAll(async () => {
  const production = await stackWith({ deployCheck: 'false' })
  const staging = await stackWith({ deployCheck: 'false', stackName: 'Staging' })
  folders = [production, staging]
  aws = await startLocalAws({ assembly: merged(production, staging) })
})

afterAll(async () => {
  await aws.close()
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** One assembly with the stacks of both. */
function merged(one: string, other: string): string {
  const manifest = (folder: string) => join(folder, 'manifest.json')
  const read = (folder: string) => JSON.parse(readFileSync(manifest(folder), 'utf8')) as { artifacts: object }
  const artifacts = { ...read(other).artifacts, ...read(one).artifacts }
  const both = { ...read(one), artifacts }
  cpSync(other, one, { recursive: true, force: false })
  writeFileSync(manifest(one), JSON.stringify(both))
  return one
}

async function vend(stackName: string): Promise<VendedIdentity> {
  const { accessKeyId, secretAccessKey } = aws.developer
  const credentials = fromVendor({
    url: String(aws.outputs[stackName]?.CredentialsUrl),
    region: aws.region,
    ca: aws.ca,
    credentials: { accessKeyId, secretAccessKey },
  })
  try {
    return await credentials()
  } finally {
    credentials.close()
  }
}

it('one IAM user is a different user in each stack, and reaches only the topics of that user', async () => {
  const [production, staging] = [await vend('TopicCredentials'), await vend('Staging')]
  expect([production.vended.userId, staging.vended.userId]).toEqual(['developer', 'Staging~~developer'])
  const open = (identity: VendedIdentity, owner = identity) =>
    rawClient(5, { identity, clientId: owner.vended.clientIdPrefix + randomUUID(), ca: aws.ca })
  await using here = open(production)
  await using there = open(staging)
  expect([await here.connect(), await there.connect()]).toEqual(['allowed', 'allowed'])
  expect(await here.subscribe('users/developer/#')).toBe('allowed')
  expect(await there.subscribe('users/Staging~~developer/#')).toBe('allowed')
  expect(await here.subscribe('users/Staging~~developer/#')).toBe('refused')
  expect(await there.subscribe('users/developer/#')).toBe('refused')
  expect(await there.publish('users/developer/inbox', 'x')).toBe('refused')
  // A message that wrongly reached the other user would arrive before the later message.
  expect(await there.publish('users/Staging~~developer/inbox', 'first')).toBe('allowed')
  expect(await here.publish('users/developer/inbox', 'second')).toBe('allowed')
  expect(await there.publish('users/Staging~~developer/inbox', 'third')).toBe('allowed')
  expect(await here.receive()).toBe('users/developer/inbox second')
  expect(await there.receive()).toBe('users/Staging~~developer/inbox first')
  expect(await there.receive()).toBe('users/Staging~~developer/inbox third')
  await using thief = open(staging, production)
  expect(await thief.connect()).toBe('refused')
})
