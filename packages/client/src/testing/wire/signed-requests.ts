import { Agent } from 'node:https'
import { text } from 'node:stream/consumers'
import { Hash } from '@smithy/hash-node'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import type { LocalAws } from '@topic-credentials/local-aws'

export interface Asked {
  readonly path: string
  readonly body?: string | Uint8Array
  readonly query?: Record<string, string>
  /** Included in the signature. */
  readonly headers?: Record<string, string>
}

export interface Answered {
  readonly status: number
  readonly answer: Record<string, unknown>
}

/** Requests to the API of a stand-in that a test signs itself, so that it can repeat or change them. */
export class SignedRequests {
  readonly #aws: LocalAws
  readonly #http: NodeHttpHandler

  constructor(aws: LocalAws) {
    this.#aws = aws
    this.#http = new NodeHttpHandler({ httpsAgent: new Agent({ keepAlive: true, ca: aws.ca, maxSockets: 20 }) })
  }

  async signed(by: LocalAws['developer'], { path, body = '', query = {}, headers = {} }: Asked): Promise<HttpRequest> {
    const url = new URL(this.#aws.endpoints.api)
    const { accessKeyId, secretAccessKey } = by
    const signer = new SignatureV4({
      service: 'execute-api',
      region: this.#aws.region,
      credentials: { accessKeyId, secretAccessKey },
      sha256: Hash.bind(null, 'sha256'),
    })
    const request = new HttpRequest({
      method: 'POST',
      protocol: 'https:',
      hostname: url.hostname,
      port: Number(url.port),
      path,
      query,
      headers: { host: url.host, 'content-type': 'application/json', ...headers },
      body,
    })
    return HttpRequest.clone(await signer.sign(request))
  }

  async send(request: HttpRequest): Promise<Answered> {
    // The server can close a keep-alive connection just as it is used again. Then a new one is opened.
    const { response } = await this.#http.handle(HttpRequest.clone(request)).catch((error: { code?: unknown }) => {
      if (error.code !== 'ECONNRESET') throw error
      return this.#http.handle(HttpRequest.clone(request))
    })
    return { status: response.statusCode, answer: JSON.parse(await text(response.body)) as Answered['answer'] }
  }

  async ask(by: LocalAws['developer'], asked: Asked): Promise<Answered> {
    return this.send(await this.signed(by, asked))
  }

  close(): void {
    this.#http.destroy()
  }
}
