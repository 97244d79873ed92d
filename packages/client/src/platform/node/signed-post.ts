import type { Readable } from 'node:stream'
import { Hash } from '@smithy/hash-node'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Route } from '../../connection/route.js'
import { defaultTimeoutMs, type HttpAnswer, type VendorPost } from '../../credentials/vendor-client.js'
import type { AwsCredentialIdentity, VendorOptions } from '../../credentials/vendor-options.js'
import { TopicCredentialsError } from '../../errors.js'
import { onAbort } from '../../support/abort.js'
import { networkError } from './network-error.js'
import { agentFor, routeTo } from './route.js'

const maxResponseBytes = 1024 * 1024

/** Uses Node's HTTPS, with SigV4 or a bearer token. */
export class SignedPost implements VendorPost {
  readonly #options: VendorOptions
  readonly #url: URL
  readonly #route: Route
  readonly #http: NodeHttpHandler

  constructor(url: URL, options: VendorOptions) {
    this.#url = url
    this.#options = options
    this.#route = routeTo(url.href, options)
    this.#http = new NodeHttpHandler({
      connectionTimeout: Math.min(options.timeoutMs ?? defaultTimeoutMs, 5_000),
      httpsAgent: agentFor(this.#route),
    })
  }

  async send(json: string, signingDate: Date, signal: AbortSignal, asking: () => void): Promise<HttpAnswer> {
    const request = await this.#authorized(this.#request(json), signingDate)
    asking()
    try {
      const { response } = await this.#http.handle(request, { abortSignal: signal })
      if (response.statusCode === 407) throw proxyRefused(this.#route)
      const { date, 'retry-after': retryAfter, 'www-authenticate': why = '' } = response.headers
      const body = await readBody(response.body, signal)
      const proof = this.#options.token === undefined ? {} : { challenge: why }
      return { status: response.statusCode, date, retryAfter, body, ...proof }
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof TopicCredentialsError) throw error
      throw networkError(error, this.#url.host, 'the credential vendor', this.#route)
    }
  }

  close(): void {
    this.#http.destroy()
  }

  #request(body: string): HttpRequest {
    return new HttpRequest({
      method: 'POST',
      protocol: this.#url.protocol,
      hostname: this.#url.hostname,
      ...(this.#url.port === '' ? {} : { port: Number(this.#url.port) }),
      path: this.#url.pathname,
      headers: { host: this.#url.host, 'content-type': 'application/json' },
      body,
    })
  }

  async #authorized(request: HttpRequest, signingDate: Date): Promise<HttpRequest> {
    const { token, credentials } = this.#options
    if (token !== undefined) {
      request.headers.authorization = `Bearer ${typeof token === 'function' ? await token() : token}`
      return request
    }
    const signer = new SignatureV4({
      service: 'execute-api',
      region: this.#options.region ?? regionOf(this.#url),
      credentials: credentials ?? (await defaultChain()),
      sha256: Hash.bind(null, 'sha256'),
    })
    return HttpRequest.clone(await signer.sign(request, { signingDate }).catch(noCredentials))
  }
}

/** Environment, profile, SSO, container, instance. Loaded on demand. */
export async function defaultChain(): Promise<() => Promise<AwsCredentialIdentity>> {
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
  return fromNodeProviderChain()
}

function proxyRefused({ proxy = '' }: Route): TopicCredentialsError {
  const { host } = new URL(proxy)
  return new TopicCredentialsError(`The proxy ${host} requires other credentials (407)`, {
    code: 'proxy_refused',
    value: host,
    remedy: 'Set `proxy` or HTTPS_PROXY to http://user:password@host:port; percent-encode characters such as @ and :.',
  })
}

function noCredentials(cause: unknown): never {
  throw new TopicCredentialsError('There are no AWS credentials for the request to the vendor', {
    code: 'credentials_not_found',
    remedy: 'Sign in first (for example `aws sso login`, or set AWS_PROFILE), or set `credentials` or `token`.',
    cause,
  })
}

function regionOf(url: URL): string {
  const region = /\.execute-api\.([a-z0-9-]+)\./u.exec(url.hostname)?.[1] ?? process.env.AWS_REGION
  if (region !== undefined && region !== '') return region
  throw new TopicCredentialsError(`The host name ${url.host} does not contain a region`, {
    code: 'invalid_argument',
    value: url.host,
    remedy: 'Set `region` or AWS_REGION.',
  })
}

/** Also settles if the other side stops in the middle of the body. */
async function readBody(stream: Readable, signal: AbortSignal): Promise<string> {
  // A stream that is destroyed after its end, or while nothing reads it, must not raise an uncaught error.
  stream.on('error', () => {})
  const forget = onAbort(signal, () => stream.destroy())
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      size += chunk.byteLength
      if (size > maxResponseBytes) break
      chunks.push(chunk)
    }
  } finally {
    forget()
  }
  return Buffer.concat(chunks).toString('utf8')
}
