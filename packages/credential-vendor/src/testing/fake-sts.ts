import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** For tests: an endpoint with the wire format of STS that records its requests and returns the given responses. */
export interface FakeSts extends AsyncDisposable {
  readonly url: string
  readonly asked: URLSearchParams[]
  answer: FakeAnswer
}

/** Credentials, the STS error with this code, or no response. */
export type FakeAnswer = { status: number; error: string; message?: string } | 'credentials' | 'nothing'

/** The session that {@link FakeSts} returns. */
export const vended = {
  accessKeyId: 'ASIAFAKEFAKEFAKEFAKE',
  secretAccessKey: 'secret-access-key-that-no-log-may-show',
  sessionToken: 'session-token-that-no-log-may-show',
  expiration: '2026-11-23T17:00:00.000Z',
}

const credentials = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>${vended.accessKeyId}</AccessKeyId><SecretAccessKey>${vended.secretAccessKey}</SecretAccessKey>
<SessionToken>${vended.sessionToken}</SessionToken><Expiration>${vended.expiration}</Expiration></Credentials>
<PackedPolicySize>12</PackedPolicySize></AssumeRoleResult></AssumeRoleResponse>`

function failure(code: string, message = `${code} by the fake`): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
}

/** Starts a {@link FakeSts} on a free port. */
export async function startFakeSts(): Promise<FakeSts> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    fake.asked.push(new URLSearchParams(body))
    const { answer } = fake
    if (answer === 'nothing') return
    const [status, xml] =
      answer === 'credentials' ? [200, credentials] : [answer.status, failure(answer.error, answer.message)]
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const fake: FakeSts = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    answer: 'credentials',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return fake
}
