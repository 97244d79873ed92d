import { isLoopback } from '../support/loopback.js'

/** The address of the IoT data plane. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  /** Without TLS: only for a stand-in on this machine. */
  readonly plain: boolean
}

const pattern = /^(ws:\/\/)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?$/iu

/**
 * Parses `xxxx-ats.iot.eu-central-1.amazonaws.com`, or `localhost:8443` for a stand-in. The default port is 443, the only one on which
 * AWS accepts SigV4. `ws://127.0.0.1:8448` is without TLS, and only accepted for this machine.
 *
 * @returns undefined for any other string
 */
export function parseEndpoint(text: string): Endpoint | undefined {
  const [, plain, host, digits] = pattern.exec(text) ?? []
  const port = Number(digits ?? (plain === undefined ? 443 : 80))
  const allowed = host !== undefined && (plain === undefined || isLoopback(host))
  if (allowed && port >= 1 && port <= 65_535) return { host, port, plain: plain !== undefined }
  return undefined
}

/** The value of the Host header, which is signed. */
export function hostHeader({ host, port, plain }: Endpoint): string {
  return port === (plain ? 80 : 443) ? host : `${host}:${port}`
}
