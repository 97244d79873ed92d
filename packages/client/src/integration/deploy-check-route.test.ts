import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import type { VendedIdentity, VendorOptions } from '../credentials/vendor-options.js'
import { fromVendor } from '../from-vendor.js'
import { stackWith } from '../testing/account/stack-variant.js'
import { Issuer } from '../testing/servers/issuer.js'

/** If tokens identify users, the deploy check has a separate IAM route, which stays open after the deployment. */

// On a busy machine this takes longer than jest's five seconds.
jest.setTimeout(120_000)

/** A user of the issuer. An IAM user can have the same name. */
const sub = '2f6c1b9e-7d41-4c55-9a5b-0d9d5a2c7e11'
let issuer: Issuer
let assembly: string
let aws: LocalAws

beforeAll(async () => {
  issuer = await Issuer.start()
  assembly = await stackWith({ jwtIssuer: issuer.url, jwtAudience: 'app' })
  aws = await startLocalAws({ assembly, trust: issuer.certificate, triggers: false })
})

afterAll(async () => {
  await aws.close()
  await issuer[Symbol.asyncDispose]()
  rmSync(assembly, { recursive: true })
})

async function vend(path: string, caller: Pick<VendorOptions, 'credentials' | 'token'>): Promise<VendedIdentity> {
  const url = String(aws.outputs.TopicCredentials?.CredentialsUrl).replace(/\/credentials$/u, path)
  const backoff = { baseMs: 0, capMs: 0, attempts: 1 }
  const credentials = fromVendor({ url, ca: aws.ca, region: aws.region, backoff, ...caller })
  try {
    return await credentials()
  } finally {
    credentials.close()
  }
}

/** The role of the deploy check's function, by its physical name. */
function checkRole(): string {
  const roles = Object.entries(aws.stacks[0]?.resources ?? {}).filter(([id]) => /DeployCheck.*Role/u.test(id))
  expect(roles).toHaveLength(1)
  return String(roles[0]?.[1])
}

it('the route vends only to the deploy check, and refuses an IAM user with the name of a token’s user', async () => {
  const now = Math.floor(Date.now() / 1000)
  const token = issuer.token({ iss: issuer.url, aud: 'app', sub, iat: now, nbf: now, exp: now + 600 })
  expect((await vend('/credentials', { token: () => token })).vended.userId).toBe(sub)

  const { accessKeyId, secretAccessKey } = aws.createUser(sub)
  const namesake = { credentials: { accessKeyId, secretAccessKey } }
  await expect(vend('/deploy-check/credentials', namesake)).rejects.toMatchObject({ status: 403 })
  await expect(vend('/credentials', namesake)).rejects.toMatchObject({ status: 401 })

  const check = aws.createSession({ roleName: checkRole(), sessionName: sub })
  const { vended } = await vend('/deploy-check/credentials', { credentials: check })
  expect(vended.userId).toMatch(/^deploy-check~/u)
  expect(vended.grants.publish).not.toContain(`users/${sub}/#`)
})
