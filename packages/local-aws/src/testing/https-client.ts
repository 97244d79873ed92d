import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { SignatureV4 } from '@smithy/signature-v4'
import type { AccessKey } from '../iam/index.js'

/** Node's own hashes behind the interface that the stock signer takes. */
class Sha256 {
  readonly #hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string)
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

/** What a test sends. Without a key the request is not signed. */
export interface TestRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly key?: Pick<AccessKey, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>
  readonly region?: string
  readonly service?: string
  /** Changes the signed request before it is sent. */
  readonly tamper?: (signed: { headers: Record<string, string>; url: URL }) => void
  readonly signedAt?: Date
  /** Sent in place of the body that was signed. */
  readonly sentBody?: string
}

export interface TestResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Sends a request, signed by AWS's own signer for JavaScript, over TLS that trusts only `ca`. */
export async function send(ca: string, address: string, options: TestRequest = {}): Promise<TestResponse> {
  const { method = 'GET', key, body = '', region = 'us-east-1', service = 'execute-api' } = options
  const url = new URL(address)
  let headers: Record<string, string> = { ...options.headers }
  if (key !== undefined) {
    const credentials = { ...key, ...(key.sessionToken === undefined ? {} : { sessionToken: key.sessionToken }) }
    const signer = new SignatureV4({ service, region, credentials: credentials as never, sha256: Sha256 as never })
    const signed = await signer.sign(
      {
        method,
        protocol: 'https:',
        hostname: url.hostname,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: { host: url.host, ...headers },
        body,
      },
      options.signedAt === undefined ? {} : { signingDate: options.signedAt },
    )
    headers = { ...signed.headers }
  }
  options.tamper?.({ headers, url })
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, ca, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    outgoing.on('error', reject)
    outgoing.end(options.sentBody ?? body)
  })
}
