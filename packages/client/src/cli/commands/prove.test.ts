import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from '@jest/globals'

const main = fileURLToPath(new URL('../main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'prove-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileWith(document: unknown): string {
  const file = join(folder, `${Math.random()}.json`)
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document))
  return file
}

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

function prove(document: unknown, ...options: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'prove', fileWith(document), ...options], (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })
}

const head = 'arn:aws:iot:eu-west-1:123456789012:'

function policy(connect: string, ...others: readonly object[]) {
  const first = { Effect: 'Allow', Action: 'iot:Connect', Resource: connect }
  return { Version: '2012-10-17', Statement: [first, ...others] }
}

describe('prove', () => {
  it('prints a counterexample for each action of a policy from another source', async () => {
    const article = policy(
      '*',
      { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: `${head}topic/a/*` },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: `${head}topicfilter/a/+` },
    )
    const { code, out } = await prove(article, '--publish', 'a/+', '--subscribe', 'a/+')
    expect(code).toBe(3)
    expect(out.trim().split('\n')).toEqual([
      expect.stringMatching(/^iot:Connect on "." is allowed but not granted\.$/u),
      'iot:Publish on "a//" is allowed but not granted.',
      'iot:Receive on "a//" is allowed but not granted.',
      'iot:Subscribe on "a/" is granted but not allowed.',
    ])
  })

  it('proves a correct policy', async () => {
    const right = policy(`${head}client/bob:*`, { Effect: 'Allow', Action: 'iot:Publish', Resource: `${head}topic/a` })
    expect(await prove(right, '--publish', 'a', '--user', 'bob')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Proved: the policy allows exactly these grants to "bob"/u),
    })
    expect(await prove(right, '--publish', 'a')).toMatchObject({ code: 3 })
  })

  it('proves entitlements, and finds topics that two users share', async () => {
    const own = { publish: ['users/${userId}/#'] }
    const right = await prove({ entitlements: [own] }, '--json')
    expect({ code: right.code, ...JSON.parse(right.out) }).toMatchObject({ code: 0, proved: true })
    const shared = await prove({ entitlements: [own, { publish: ['users/admin/${userId}'] }] })
    expect(shared).toMatchObject({ code: 3, out: expect.stringContaining('share topics of their own') })
  })

  it.each([
    ['no JSON', '{', 'cannot be read'],
    ['a condition', policy('*', { Effect: 'Deny', Action: '*', Resource: '*', Condition: {} }), '"Condition" is not'],
    ['wrong entitlements', { entitlements: [{ publish: ['${user}'] }] }, 'unknown variable'],
  ])('refuses a file with %s and says why', async (_name, document, message) => {
    expect(await prove(document, '--publish', 'a')).toMatchObject({ code: 2, err: expect.stringContaining(message) })
  })

  it('requires the grants that the policy must match', async () => {
    expect(await prove(policy('*'))).toMatchObject({ code: 2, err: expect.stringContaining('--publish') })
  })
})
