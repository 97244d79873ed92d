import { AssumeRoleCommand, type AssumeRoleCommandInput, STSServiceException } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AccessKey } from '../iam/index.js'
import { allow, openTestAccount, policy, type TestAccount, trust } from '../testing/sts-account.js'
import table from './parameters.cases.json' with { type: 'json' }

describe('AssumeRole’s parameters', () => {
  let account: TestAccount
  let caller: AccessKey
  let RoleArn: string
  beforeAll(async () => {
    account = await openTestAccount()
    RoleArn = account.directory.createRole({
      roleName: 'target',
      trustPolicy: policy(trust('*', { Action: 'sts:*' })),
    }).arn
    caller = account.directory.createUser('dev').accessKey
  })
  afterAll(async () => account[Symbol.asyncDispose]())

  const assume = async (input: object) => {
    const whole = { RoleArn, RoleSessionName: 'alice', ...input }
    const given = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null))
    try {
      return await account.client(caller).send(new AssumeRoleCommand(given as unknown as AssumeRoleCommandInput))
    } catch (error) {
      if (!(error instanceof STSServiceException)) throw error
      // The SDK gives modelled errors a suffix that is not on the wire.
      return {
        code: error.name.replace(/Exception$/u, ''),
        status: error.$metadata.httpStatusCode,
        message: error.message,
      }
    }
  }

  it.each(table.cases)('$clause', async ({ input, code, status = 400, message }) => {
    const answer = await assume(input)
    if (code === null) {
      expect(answer).toHaveProperty('Credentials')
    } else {
      expect(answer).toMatchObject({ code, status, ...(message && { message }) })
    }
  })

  it('50 tags, not 51; and whatever is too large when packed', async () => {
    const tags = (count: number, value = 'v') => ({
      Tags: Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: value })),
    })
    expect(await assume(tags(50))).toHaveProperty('PackedPolicySize')
    expect(await assume(tags(51))).toMatchObject({ code: 'ValidationError' })
    const noise = Array.from({ length: 50 }, (_, index) => ({
      Key: `key-${index}`,
      Value: Array.from({ length: 256 }, (__, at) =>
        String.fromCharCode(97 + ((index * 31 + at * at * 7 + (at % (index + 3))) % 26)),
      ).join(''),
    }))
    expect(await assume({ Tags: noise })).toMatchObject({
      code: 'PackedPolicyTooLarge',
      status: 400,
      message: expect.stringMatching(/^Packed size of session tags consumes \d{3,}% of allotted space\.$/u),
    })
  })

  it('a session policy of 2,048 characters, not one more', async () => {
    const text = JSON.stringify(policy(allow('iot:*')))
    expect(await assume({ Policy: text.padEnd(2048) })).toHaveProperty('Credentials')
    expect(await assume({ Policy: text.padEnd(2049) })).toMatchObject({
      code: 'ValidationError',
      message: expect.stringMatching(
        /at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048$/u,
      ),
    })
  })

  it('2,048 characters for inline policy and managed policies’ ARNs together', async () => {
    const text = JSON.stringify(policy(allow('iot:*')))
    const PolicyArns = [{ arn: 'arn:aws:iam::aws:policy/AWSIoTDataAccess' }]
    expect(await assume({ Policy: text.padEnd(2008), PolicyArns })).toHaveProperty('Credentials')
    expect(await assume({ Policy: text.padEnd(2009), PolicyArns })).toMatchObject({
      code: 'ValidationError',
      message: expect.stringMatching(/^Inline and managed session policies together have 2049 characters/u),
    })
  })

  it('answers the packed size of the worst estimate, and none for no content', async () => {
    const example = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Sid: 'Stmt1', Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    })
    expect(await assume({ Policy: example })).toHaveProperty('PackedPolicySize', 7)
    expect(await assume({})).not.toHaveProperty('PackedPolicySize')
  })
})
