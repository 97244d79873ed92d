import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { SignatureV4 } from '@smithy/signature-v4'
import { Sha256 } from './sha256.js'

/** Access keys for signing. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** An AWS service with a JSON protocol, and the caller's credentials. */
export interface SignedService {
  /** Service name in the credential scope: `dynamodb`, `lambda`. */
  readonly service: string
  readonly region: string
  /** `https://dynamodb.eu-west-1.amazonaws.com` */
  readonly endpoint: string
  readonly credentials: Credentials | (() => Promise<Credentials>)
  /** A certificate authority (PEM) to trust instead of the system's. */
  readonly ca?: string
}

/** One call. */
export interface SignedRequest {
  /** Default `/`. */
  readonly path?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Maximum size of the response in bytes; a longer one is an error. */
  readonly longestAnswer: number
  /** Aborts the call at any stage: connection, headers or body. */
  readonly signal: AbortSignal
}

export interface SignedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/** Sends a signed POST request (Signature Version 4). Connections are kept alive. @throws Error if the response is late or too long */
export type SignedCall = (request: SignedRequest) => Promise<SignedAnswer>

/** @example const call = signedCalls({ service: 'dynamodb', region, endpoint, credentials }) */
export function signedCalls({ service, region, endpoint, credentials, ca }: SignedService): SignedCall {
  const { protocol, hostname, port } = new URL(endpoint)
  const secure = protocol !== 'http:'
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
    : new HttpAgent({ keepAlive: true })
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 })
  const send = secure ? httpsRequest : httpRequest
  const host = port === '' ? hostname : `${hostname}:${port}`
  const clock = new ServerClock()
  const call: SignedCall = async ({ path = '/', headers, body, longestAnswer, signal }) => {
    const address = { protocol, hostname, path, ...(port === '' ? {} : { port: Number(port) }) }
    const unsigned = { ...address, method: 'POST', query: {}, headers: { host, ...headers }, body }
    const signed = await signer.sign(unsigned, { signingDate: new Date(clock.now()) })
    return new Promise((resolve, reject) => {
      const options = { hostname, port, path, method: 'POST', headers: signed.headers, agent, signal }
      const request = send(options, (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > longestAnswer) {
            reject(new Error(`The response is longer than ${longestAnswer} bytes.`))
            request.destroy()
          } else {
            chunks.push(chunk)
          }
        })
        response.on('error', reject)
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
        })
        // Without it, a response that is cut off after its headers would never settle.
        response.once('close', () => reject(new Error('The connection closed before the response was complete.')))
      })
      request.on('error', reject)
      request.end(body)
    })
  }
  return async (request) => {
    const answer = await call(request)
    // The local clock is wrong: sign once more with the server's time.
    return clock.learn(answer.headers.date) && answer.status !== 200 ? call(request) : answer
  }
}

/** AWS refuses signatures that differ five minutes or more from its clock. Like the SDKs, this corrects the local time by the server's. */
class ServerClock {
  #offset = 0

  now(): number {
    return Date.now() + this.#offset
  }

  /** Whether the clock was wrong and has been corrected. */
  learn(date: unknown): boolean {
    const moment = Date.parse(String(date))
    if (Number.isNaN(moment) || Math.abs(moment - this.now()) < 240_000) return false
    this.#offset = moment - Date.now()
    return true
  }
}
