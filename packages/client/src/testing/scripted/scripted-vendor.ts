import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

/** A response of the vendor. */
export interface Answer {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** For the Date header; default: now. */
  readonly date?: number
}

/** A vendor over TLS on loopback, whose responses a test sets. */
export class ScriptedVendor implements AsyncDisposable {
  readonly ca: string
  readonly #server: Server
  calls = 0

  private constructor(server: Server, ca: string) {
    this.#server = server
    this.ca = ca
  }

  static async start(answer: (call: number, request: IncomingMessage) => Answer): Promise<ScriptedVendor> {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    })
    const server = createServer({ key, cert })
    const vendor = new ScriptedVendor(server, cert)
    server.on('request', (request, response) => {
      vendor.calls += 1
      const { status, body = '', date = Date.now(), headers } = answer(vendor.calls, request)
      response.writeHead(status, { date: new Date(date).toUTCString(), ...headers }).end(body)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return vendor
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo | null)?.port ?? 1}/credentials`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** A successful vend, whose credentials contain the number of the call. */
export function vendedAnswer(call: number, expiration: number, date: number): Answer {
  return {
    status: 200,
    date,
    body: JSON.stringify({
      credentials: {
        accessKeyId: `ASIA${call}`,
        secretAccessKey: `secret-${call}`,
        sessionToken: `token-${call}`,
        expiration: new Date(expiration).toISOString(),
      },
      endpoint: 'abc-ats.iot.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      userId: 'alice',
      clientIdPrefix: 'alice:',
      grants: { publish: ['test'], subscribe: ['test'], retain: [] },
      policyCharacters: 214,
      packedPolicySize: 12,
    }),
  }
}
