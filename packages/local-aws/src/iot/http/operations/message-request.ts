import { parseJson } from '@topic-credentials/project'
import { topicFault } from '../../access/topic.js'
import type { Properties, UserProperty } from '../../mqtt/properties.js'
import type { DataPlane } from '../../rules/context.js'
import { ApiError } from '../api-error.js'
import type { ApiRequest } from './operation.js'

/** @throws ApiError if this topic cannot be published to */
export function checkTopic(topic: string, { limits }: DataPlane): void {
  const fault = topicFault(topic, limits)
  if (fault !== undefined) throw ApiError.invalid(`topic '${topic}': ${fault}`)
}

/**
 * The MQTT 5 properties in query and headers of Publish and SendDirectMessage; they reach MQTT 5 clients.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_Publish.html
 * @throws ApiError
 */
export function messageProperties({ query, headers }: ApiRequest): Properties {
  const [contentType, responseTopic] = [text(query, 'contentType'), text(query, 'responseTopic')]
  if (responseTopic !== undefined && /[+#]/u.test(responseTopic)) {
    throw ApiError.invalid('responseTopic must not contain wildcards')
  }
  const userProperties = readUserProperties(headers['x-amz-mqtt5-user-properties'])
  const format = headers['x-amz-mqtt5-payload-format-indicator']
  const correlation = headers['x-amz-mqtt5-correlation-data']
  return {
    ...(format !== undefined && { payloadFormatIndicator: readFormat(format) }),
    ...(contentType !== undefined && { contentType }),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlation !== undefined && { correlationData: readBase64(correlation) }),
    ...(userProperties.length > 0 && { userProperties }),
  }
}

function text(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name) ?? undefined
  if (value?.includes('\0')) throw ApiError.invalid(`${name} contains the null character`)
  return value
}

/** The service model's enumeration PayloadFormatIndicator. */
function readFormat(value: string | string[]): 0 | 1 {
  if (value === 'UTF8_DATA') return 1
  if (value === 'UNSPECIFIED_BYTES') return 0
  throw ApiError.invalid(`payloadFormatIndicator must be UNSPECIFIED_BYTES or UTF8_DATA, not '${value}'`)
}

function readBase64(value: string | string[]): Buffer {
  const bytes = Buffer.from(String(value), 'base64')
  if (bytes.toString('base64').replace(/=+$/u, '') === String(value).replace(/=+$/u, '')) return bytes
  throw ApiError.invalid(`correlationData must be base64, not '${value}'`)
}

/** Base64 of a JSON array of objects, each with one or more properties, in the order in which they are forwarded. */
function readUserProperties(header: string | string[] | undefined): readonly UserProperty[] {
  if (header === undefined) return []
  const list = parseJson(readBase64Text(header))
  const isList = Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null)
  const pairs: unknown[] = isList ? list.flatMap((one: object) => Object.entries(one)) : [undefined]
  if (pairs.every(isUserProperty)) return pairs
  throw ApiError.invalid('userProperties must be a base64-encoded JSON array of objects with string values')
}

function readBase64Text(value: string | string[]): string {
  return Buffer.from(String(value), 'base64').toString()
}

function isUserProperty(pair: unknown): pair is UserProperty {
  return Array.isArray(pair) && pair.every((part) => typeof part === 'string' && !part.includes('\0'))
}
