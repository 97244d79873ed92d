import { STSClient } from '@aws-sdk/client-sts'
import { describe, expect, it } from '@jest/globals'
import { type FakeAnswer, startFakeSts, vended } from '../testing/fake-sts.js'
import cases from './assume-role.cases.json' with { type: 'json' }
import { type AssumeRole, assumeRoleWith } from './assume-role.js'

const request = {
  roleArn: 'arn:aws:iam::123456789012:role/sts-sample-role',
  sessionName: 'alice',
  policy: '{"Version":"2012-10-17"}',
  durationSeconds: 900,
}

async function withSts<T>(answer: FakeAnswer, use: (assumeRole: AssumeRole, asked: URLSearchParams[]) => Promise<T>) {
  await using fake = await startFakeSts()
  fake.answer = answer
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' }
  const sts = new STSClient({ region: 'eu-west-1', credentials, endpoint: fake.url, maxAttempts: 1 })
  try {
    return await use(assumeRoleWith(sts), fake.asked)
  } finally {
    sts.destroy()
  }
}

describe('assumeRoleWith', () => {
  it('calls STS once, with the session policy, and the user as session name and source identity', async () => {
    await withSts('credentials', async (assumeRole, asked) => {
      await expect(assumeRole(request)).resolves.toEqual({
        ...vended,
        expiration: new Date(vended.expiration),
        packedPolicySize: 12,
      })
      expect(asked.map((form) => Object.fromEntries(form))).toEqual([
        {
          Action: 'AssumeRole',
          Version: '2011-06-15',
          RoleArn: request.roleArn,
          RoleSessionName: 'alice',
          SourceIdentity: 'alice',
          Policy: request.policy,
          DurationSeconds: '900',
        },
      ])
    })
  })

  it.each(cases)('$wire ($status) is $code', async ({ wire, status, code, retryAfter }) => {
    const failed = withSts({ status, error: wire }, (assumeRole) => assumeRole(request))
    await expect(failed).rejects.toMatchObject({
      name: 'VendError',
      code,
      extras: retryAfter === undefined ? { remedy: expect.any(String) } : { retryAfterSeconds: retryAfter },
    })
  })

  const denied = 'User: arn:aws:sts::123456789012:assumed-role/vendor/f is not authorized to perform: sts:AssumeRole'
  it.each([
    ['revoked', `${denied} with an explicit deny in an identity-based policy`],
    ['sts_refused', `${denied} with an explicit deny in a service control policy`],
    ['sts_refused', `${denied} because no identity-based policy allows the sts:AssumeRole action`],
  ])('AccessDenied is %s: %s', async (code, message) => {
    const failed = withSts({ status: 403, error: 'AccessDenied', message }, (assumeRole) => assumeRole(request))
    await expect(failed).rejects.toMatchObject({ code, extras: { remedy: expect.any(String) } })
  })

  it('has the message of STS only in the cause, for the log', async () => {
    const failed = withSts({ status: 403, error: 'AccessDenied' }, (assumeRole) => assumeRole(request))
    await expect(failed).rejects.toMatchObject({
      message: expect.not.stringContaining('by the fake'),
      cause: expect.objectContaining({ message: 'AccessDenied by the fake' }),
    })
  })

  it('stops when the signal is aborted', async () => {
    await withSts('nothing', async (assumeRole, asked) => {
      const abort = new AbortController()
      const waiting = assumeRole(request, abort.signal)
      while (asked.length === 0) await new Promise(setImmediate)
      abort.abort()
      await expect(waiting).rejects.toMatchObject({ code: 'sts_unavailable' })
    })
  })

  it('refuses a response without credentials', async () => {
    const sts = { send: async () => ({}) } as unknown as STSClient
    await expect(assumeRoleWith(sts)(request)).rejects.toMatchObject({ code: 'sts_unavailable' })
  })
})
