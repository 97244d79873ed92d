import { TopicCredentialsError } from '../errors.js'
import { isLoopback } from '../support/loopback.js'

/** Where the IoT data plane is. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  /** Without TLS: a stand-in on this machine, and nothing else. */
  readonly plain: boolean
}

const pattern = /^(?<plain>ws:\/\/)?(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?<port>\d{1,5}))?$/iu

/**
 * `xxxx-ats.iot.eu-central-1.amazonaws.com`, or `localhost:8443` for a stand-in; the port is 443 where none is named,
 * which is the only one on which AWS takes SigV4. `ws://127.0.0.1:8448` is without TLS, for this machine alone.
 *
 * @throws TopicCredentialsError `invalid_argument`
 */
export function parseEndpoint(text: string): Endpoint {
  const { plain, host, port: digits } = pattern.exec(text)?.groups ?? {}
  const port = Number(digits ?? (plain === undefined ? 443 : 80))
  const allowed = host !== undefined && (plain === undefined || isLoopback(host))
  if (allowed && port >= 1 && port <= 65_535) return { host, port, plain: plain !== undefined }
  throw new TopicCredentialsError(`'${text}' is not the host name of an IoT endpoint`, {
    code: 'invalid_argument',
    value: text,
    remedy:
      'Give the host alone, without a scheme: xxxx-ats.iot.<region>.amazonaws.com. Only for this machine may it be ws://127.0.0.1:<port>',
  })
}

/** What goes into the Host header, and so under the signature. */
export function hostHeader({ host, port, plain }: Endpoint): string {
  return port === (plain ? 80 : 443) ? host : `${host}:${port}`
}
