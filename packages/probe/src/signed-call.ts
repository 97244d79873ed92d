import { request } from 'node:https'
import { type Signable, signedHeaders } from './mqtt/presign.js'
import type { Keys, Target } from './target.js'

/** Milliseconds to wait for an HTTPS response. */
const timeout = 60_000

export interface SignedCall {
  readonly target: Pick<Target, 'region' | 'ca'>
  readonly signal: AbortSignal
  readonly keys: Keys
  /** Its name in the signature: `lambda`, `iot`, `iotdata`. */
  readonly service: string
  readonly url: URL
  /** Absent: GET. */
  readonly body?: string
}

/** The response of a service. */
export interface Answered {
  readonly status: number
  readonly text: string
}

/** Sends a signed request. @throws the system's error; AbortError */
export async function signedCall({ target, signal, keys, service, url, body }: SignedCall): Promise<Answered> {
  const { region, ca } = target
  const signable: Signable = {
    method: body === undefined ? 'GET' : 'POST',
    url,
    service,
    ...(body === undefined ? {} : { body }),
  }
  const headers = await signedHeaders(signable, region, keys)
  return new Promise((resolve, reject) => {
    const options = { method: signable.method, headers, timeout, signal, ...(ca === undefined ? {} : { ca }) }
    const sent = request(url, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('timeout', () => sent.destroy(new Error(`${service} did not respond within ${timeout / 1000} s`)))
    sent.on('error', reject)
    sent.end(body)
  })
}

export function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
}
