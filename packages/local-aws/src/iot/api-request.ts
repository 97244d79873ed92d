import type { IncomingHttpHeaders } from 'node:http'
import type { Message } from './broker.js'
import type { Plane } from './plane.js'
import { topicFault } from './topic.js'

/** An answer that is an error, with the name and the status of AWS's model. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface ApiRequest {
  /** What the path names: a topic or a client ID. */
  readonly name: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** 400 */
export const invalid = (message: string): ApiError => new ApiError(400, 'InvalidRequestException', message)

/** Query, headers and body as a message; the properties reach MQTT 5 subscribers. */
export function messageOf({ limits }: Plane, { query, headers, body }: ApiRequest, topic: string): Message {
  const fault = topicFault(topic, limits)
  if (fault !== undefined) throw invalid(`topic '${topic}': ${fault}`)
  const qos = query.get('qos') ?? '0'
  if (qos !== '0' && qos !== '1') throw invalid(`qos is 0 or 1, not '${qos}'`)
  const expiry = query.get('messageExpiry')
  if (expiry !== null && !/^\d{1,9}$/.test(expiry))
    throw invalid(`messageExpiry is a number of seconds, not '${expiry}'`)
  const [contentType, responseTopic] = [query.get('contentType'), query.get('responseTopic')]
  if (responseTopic !== null && /[+#]/.test(responseTopic)) throw invalid('responseTopic cannot contain wildcards')
  const correlation = headers['x-amz-mqtt5-correlation-data']
  const properties = {
    ...(contentType !== null && { contentType }),
    ...(responseTopic !== null && { responseTopic }),
    ...(expiry !== null && { messageExpiryInterval: Number(expiry) }),
    ...(typeof correlation === 'string' && { correlationData: Buffer.from(correlation, 'base64') }),
    ...(headers['x-amz-mqtt5-payload-format-indicator'] === 'UTF8_DATA' && { payloadFormatIndicator: true }),
    ...userProperties(headers['x-amz-mqtt5-user-properties']),
  }
  const retain = query.get('retain') === 'true'
  return {
    topic,
    payload: body,
    qos: qos === '1' ? 1 : 0,
    retain,
    ...(Object.keys(properties).length > 0 && { properties }),
  }
}

/** Base64 of a JSON array of objects, each a property or more. */
function userProperties(header: string | string[] | undefined): { userProperties?: Record<string, string | string[]> } {
  if (typeof header !== 'string') return {}
  try {
    const list: unknown = JSON.parse(Buffer.from(header, 'base64').toString())
    if (!Array.isArray(list)) throw new TypeError('not an array')
    const collected = new Map<string, string[]>()
    for (const [name, value] of list.flatMap((one: object) => Object.entries(one)))
      collected.set(name, [...(collected.get(name) ?? []), String(value)])
    return { userProperties: Object.fromEntries(collected) }
  } catch {
    throw invalid('x-amz-mqtt5-user-properties is base64 of a JSON array of objects')
  }
}
