import { request as httpsRequest } from 'node:https'
import { connect } from 'node:tls'
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSServiceException,
} from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { AccessKey } from '../iam/index.js'
import { deny, openTestAccount, policy, type TestAccount, trust } from '../testing/sts-account.js'

let account: TestAccount
let user: AccessKey
beforeEach(async () => {
  account = await openTestAccount()
  user = account.directory.createUser('dev', { never: policy(deny('*')) }).accessKey
})
afterEach(async () => account[Symbol.asyncDispose]())

async function whoAmI(key: Partial<AccessKey>, attempts = 1) {
  try {
    const { Arn } = await account.client(key, attempts).send(new GetCallerIdentityCommand())
    return Arn
  } catch (error) {
    if (!(error instanceof STSServiceException)) throw error
    return { code: error.name, status: error.$metadata.httpStatusCode, message: error.message }
  }
}

/** A request that no SDK would send. */
function raw(options: { method?: string; path?: string; headers?: Record<string, string>; body?: string | Buffer }) {
  const { method = 'POST', path = '/', body = '' } = options
  const headers = { ...options.headers, 'content-length': String(body.length) }
  return new Promise<{ status: number | undefined; text: string; type: string | undefined }>((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port: account.sts.port,
        ca: account.ca,
        method,
        path,
        headers,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            text: Buffer.concat(chunks).toString(),
            type: response.headers['content-type'],
          }),
        )
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

describe('who is asking', () => {
  it('GetCallerIdentity needs no permission: not even a Deny stops it', async () => {
    expect(await whoAmI(user)).toBe(user.principal.arn)
  })

  it('an unknown key, a wrong secret and a foreign token are refused', async () => {
    const role = account.directory.createRole({ roleName: 'r', trustPolicy: policy(trust('*')) })
    const [a, b] = ['a1', 'b1'].map((sessionName) =>
      account.directory.addSession({ role, sessionName, durationSeconds: 900 }),
    ) as [AccessKey, AccessKey]
    const invalid = {
      code: 'InvalidClientTokenId',
      status: 403,
      message: 'The security token included in the request is invalid.',
    }
    expect(await whoAmI(a)).toBe(a.principal.arn)
    expect(await whoAmI({})).toEqual(invalid)
    expect(await whoAmI({ ...a, sessionToken: b.sessionToken as string })).toEqual(invalid)
    expect(await whoAmI({ accessKeyId: a.accessKeyId, secretAccessKey: a.secretAccessKey })).toEqual(invalid)
    expect(await whoAmI({ ...a, secretAccessKey: b.secretAccessKey })).toMatchObject({
      code: 'SignatureDoesNotMatch',
      status: 403,
    })
    account.directory.expire(a.accessKeyId)
    expect(await whoAmI(a)).toEqual({
      code: 'ExpiredToken',
      status: 403,
      message: 'The security token included in the request is expired',
    })
    expect(await whoAmI(b)).toBe(b.principal.arn)
  })

  it('a skewed clock is answered with both times, and the SDK corrects itself by our Date header', async () => {
    account.clock.skew = 3_600_000
    expect(await whoAmI(user)).toMatchObject({
      code: 'SignatureDoesNotMatch',
      status: 403,
      message: expect.stringMatching(/^Signature expired: \w{16} is now earlier than \w{16} \(\w{16} - 15 min\.\)$/u),
    })
    expect(await whoAmI(user, 2)).toBe(user.principal.arn)
  })
})

describe('other operations', () => {
  it('are refused by name, with what there is', async () => {
    const call = account.client(user).send(new GetSessionTokenCommand({}))
    await expect(call).rejects.toMatchObject({
      name: 'InvalidAction',
      message: expect.stringMatching(
        /^Could not find operation GetSessionToken for version 2011-06-15\. This stand-in has AssumeRole, .*\.$/u,
      ),
    })
  })
})

describe('faults', () => {
  it('throttles the given number of requests', async () => {
    const rate = { code: 'Throttling', status: 400, message: 'Rate exceeded' }
    account.sts.faults.throttle(2)
    expect(await whoAmI(user)).toEqual(rate)
    expect(await whoAmI(user)).toEqual(rate)
    expect(await whoAmI(user)).toBe(user.principal.arn)
    account.sts.faults.throttle(1)
    expect(await whoAmI(user, 2)).toBe(user.principal.arn)
  })

  it('delays, and closing does not wait for it', async () => {
    // Nothing waits this long: closing ends the delay, and the test's own limit is shorter.
    account.sts.faults.delay(600_000)
    const waiting = whoAmI(user).catch((error: Error) => error.name)
    await expect(
      Promise.race([waiting, new Promise((resolve) => setImmediate(resolve, 'still waiting'))]),
    ).resolves.toBe('still waiting')
    await account.sts.close()
    expect(await waiting).not.toBe(user.principal.arn)
    await account.sts.close()
  })
})

describe('what no SDK sends', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  it('is answered in XML', async () => {
    const answer = await raw({ headers: form, body: 'Action=GetCallerIdentity&Version=2011-06-15' })
    expect(answer).toMatchObject({ status: 403, type: 'text/xml' })
    expect(answer.text).toMatch(
      /^<ErrorResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">\s*<Error>\s*<Type>Sender<\/Type>\s*<Code>MissingAuthenticationToken<\/Code>\s*<Message>Request is missing Authentication Token<\/Message>\s*<\/Error>\s*<RequestId>[0-9a-f-]{36}<\/RequestId>\s*<\/ErrorResponse>\s*$/u,
    )
  })

  it('escapes what it repeats', async () => {
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=<&">, SignedHeaders=host, Signature=0',
      'x-amz-date': 'x',
    }
    const { text } = await raw({ headers, body: '' })
    expect(text).toContain('got &apos;&lt;&amp;&quot;&gt;&apos;'.replaceAll('&apos;', "'"))
  })

  it('a body without end is refused', async () => {
    const { status, text } = await raw({ headers: form, body: Buffer.alloc(1_000_000, 'a') })
    expect(status).toBe(413)
    expect(text).toContain('<Code>RequestEntityTooLarge</Code>')
    expect(await whoAmI(user)).toBe(user.principal.arn)
  })

  it('never ends the process, and is never accepted', async () => {
    const text = fc.string({ unit: 'binary-ascii', maxLength: 60 })
    const header = text.map((value) => value.replaceAll(/[^\x20-\x7e]/gu, ' '))
    const fields = fc.constantFrom(
      'Credential=AKIA/20260304/eu-west-1/sts/aws4_request',
      'SignedHeaders=host',
      'Signature=00',
      '=',
      ',',
      'Credential=////',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
        fc.oneof(
          fc.constant('/'),
          text.map((value) => `/?${encodeURI(value)}`),
          fc.constantFrom('/%', '/?%&%=%', '/?X-Amz-Algorithm=%ff', '/?X-Amz-Credential=a&X-Amz-Signature=b'),
        ),
        fc.oneof(
          header,
          fc.array(fields).map((all) => `AWS4-HMAC-SHA256 ${all.join(', ')}`),
        ),
        header,
        fc.uint8Array({ maxLength: 200 }),
        async (method, path, authorization, date, body) => {
          const { status = 0, text: answer } = await raw({
            method,
            path,
            headers: { authorization, 'x-amz-date': date },
            body: Buffer.from(body),
          })
          expect(status).toBeGreaterThanOrEqual(400)
          expect(status).toBeLessThan(500)
          expect(answer).toMatch(/<ErrorResponse/u)
        },
      ),
      { numRuns: 300 },
    )
    expect(await whoAmI(user)).toBe(user.principal.arn)
  }, 60_000)

  it('a client that disconnects during a request, or does not send HTTP, does not affect others', async () => {
    for (const text of [
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nAction',
      '\0\0\0\0 nonsense \r\n\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(
          { host: '127.0.0.1', servername: 'localhost', port: account.sts.port, ca: account.ca },
          () => {
            socket.write(text, () => socket.destroy())
          },
        )
        socket.on('close', () => resolve())
        socket.on('error', () => resolve())
      })
    }
    expect(await whoAmI(user)).toBe(user.principal.arn)
  })
})

describe('the journal', () => {
  it('names callers, decisions and request IDs, and no secret', async () => {
    const role = account.directory.createRole({
      roleName: 'r',
      trustPolicy: policy(trust({ Service: 'lambda.amazonaws.com' })),
    })
    const open = account.directory.createRole({ roleName: 'open', trustPolicy: policy(trust('*')) })
    const session = account.directory.addSession({ role, sessionName: 'fn', durationSeconds: 900 })
    const client = account.client(session)
    await client.send(new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'alice' })).catch(() => undefined)
    const { Credentials } = await client.send(new AssumeRoleCommand({ RoleArn: open.arn, RoleSessionName: 'alice' }))
    await whoAmI({})
    expect(account.journal).toMatchObject([
      {
        service: 'sts',
        event: 'AssumeRole',
        outcome: 'refused',
        principal: session.principal.arn,
        detail: expect.stringMatching(
          /^AccessDenied: User: .*\(no statement in role r: trust policy allows sts:AssumeRole on arn:.*role\/r\)$/u,
        ),
        fields: { status: 403, code: 'AccessDenied', requestId: expect.any(String) },
      },
      { event: 'AssumeRole', outcome: 'ok', fields: { role: open.arn, accessKeyId: Credentials?.AccessKeyId } },
      { event: 'GetCallerIdentity', outcome: 'refused', principal: 'AKIAIOSFODNN7EXAMPLE' },
    ])
    const log = JSON.stringify(account.journal)
    for (const secret of [
      session.secretAccessKey,
      session.sessionToken,
      Credentials?.SecretAccessKey,
      Credentials?.SessionToken,
    ]) {
      expect(log).not.toContain(secret)
    }
  })
})
