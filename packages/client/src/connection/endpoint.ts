import { TopicCredentialsError } from '../errors.js'

/** Where the IoT data plane is. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/**
 * `xxxx-ats.iot.eu-central-1.amazonaws.com`, or `localhost:8443` for a stand-in; the port is 443 where none is named,
 * which is the only one on which AWS takes SigV4.
 *
 * @throws TopicCredentialsError `invalid_argument`
 */
export function parseEndpoint(text: string): Endpoint {
  const match = /^(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?<port>\d{1,5}))?$/iu.exec(text)
  const port = Number(match?.groups?.port ?? 443)
  if (match?.groups?.host !== undefined && port >= 1 && port <= 65_535) return { host: match.groups.host, port }
  throw new TopicCredentialsError(`'${text}' is not the host name of an IoT endpoint`, {
    code: 'invalid_argument',
    value: text,
    remedy: 'Give the host alone, without a scheme: xxxx-ats.iot.<region>.amazonaws.com',
  })
}
