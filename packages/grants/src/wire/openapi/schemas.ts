import { grantKinds } from '../../grant-types.js'
import { maximumGrants } from '../../grants.js'
import { durationLimits, sessionPolicyLimit, spreadLimits } from '../../limits.js'
import { type ProblemCode, problems } from '../problem.js'

const text = { type: 'string' } as const
const time = { type: 'string', format: 'date-time', description: 'ISO 8601, UTC.' } as const
const filters = {
  type: 'array',
  maxItems: maximumGrants,
  items: { type: 'string', minLength: 1, description: 'An MQTT topic filter within the limits of AWS IoT.' },
} as const
const grantLists = Object.fromEntries(grantKinds.map((kind) => [kind, filters]))

/** An object with these properties. A later version can add properties to responses, which clients ignore, but not to requests. */
function object(properties: object, optional: object = {}): object {
  return { type: 'object', required: Object.keys(properties), properties: { ...properties, ...optional } }
}

/** The bodies of the API as JSON Schemas (2020-12): types, limits and codes are those that the code validates with. */
export const schemas = {
  VendRequest: {
    type: 'object',
    description: 'Without any of the three lists: everything that the caller is entitled to.',
    additionalProperties: false,
    properties: { ...grantLists, durationSeconds: { type: 'integer', ...durationLimits } },
  },
  Grants: object(grantLists),
  VendedCredentials: object({ accessKeyId: text, secretAccessKey: text, sessionToken: text, expiration: time }),
  VendResponse: object(
    {
      credentials: { $ref: '#/components/schemas/VendedCredentials' },
      endpoint: { ...text, description: 'Host of the IoT data plane, without scheme.' },
      region: text,
      userId: text,
      clientIdPrefix: { ...text, description: 'Client IDs must begin with it.' },
      grants: { $ref: '#/components/schemas/Grants' },
      policyCharacters: { type: 'integer', minimum: 1, maximum: sessionPolicyLimit },
    },
    {
      policyForm: { type: 'string', enum: ['full', 'short', 'dense'] },
      packedPolicySize: { type: 'integer', minimum: 0, description: 'Percentage of the packed size that STS allows.' },
      spreadSeconds: { type: 'integer', ...spreadLimits },
      dropped: {
        type: 'array',
        minItems: 1,
        description: 'Rules that apply to the user but grant nothing, because a value cannot be part of a topic.',
        items: object({ rule: text, reason: text, remedy: text }),
      },
    },
  ),
  ContainerCredentials: object({ AccessKeyId: text, SecretAccessKey: text, Token: text, Expiration: time }),
  GatewayMessage: {
    ...object({ message: text }),
    description: 'A response of API Gateway itself, before the function was called.',
  },
} as const

/** A problem with one of the codes of an HTTP status (RFC 9457). */
export function problemSchema(codes: readonly ProblemCode[]): object {
  return object(
    {
      type: { type: 'string', enum: codes.map((code) => `urn:topic-credentials:problem:${code}`) },
      title: { type: 'string', enum: [...new Set(codes.map((code) => problems[code].title))] },
      status: { type: 'integer', enum: [...new Set(codes.map((code) => problems[code].status))] },
      code: { type: 'string', enum: codes },
      detail: text,
    },
    {
      remedy: text,
      grants: { type: 'array', items: object({ kind: { type: 'string', enum: grantKinds }, filter: text }) },
      suggestion: { $ref: '#/components/schemas/Grants' },
      retryAfterSeconds: { type: 'integer', minimum: 1 },
      requestId: text,
    },
  )
}
