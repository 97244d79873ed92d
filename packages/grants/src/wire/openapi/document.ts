import { type ProblemCode, problems } from '../problem.js'
import { problemSchema, schemas } from './schemas.js'

/** Statuses that API Gateway returns without calling the function. */
const gatewayStatuses = [401, 403, 404, 413, 429, 431, 500, 503]
const codes = Object.keys(problems) as ProblemCode[]
const statuses = [...new Set([...codes.map((code) => problems[code].status), ...gatewayStatuses])].sort((a, b) => a - b)

/**
 * The vend API as an OpenAPI 3.1 document, generated from the wire contract. `openapi.json` of this package contains it.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html
 * @example JSON.stringify(openApiDocument('1.0.0'))
 */
export function openApiDocument(version: string): object {
  const vend = operation('VendResponse', {
    requestBody: {
      required: false,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/VendRequest' } } },
    },
  })
  const userId = { name: 'userId', in: 'path', required: true, schema: { type: 'string', minLength: 1 } }
  return {
    openapi: '3.1.0',
    info: {
      title: 'topic-credentials: vend API',
      version,
      description: 'Short-lived AWS credentials that reach one user’s MQTT topics on AWS IoT Core and no others.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com',
        description: 'The output CredentialsUrl of the stack, without /credentials.',
        variables: { api: { default: 'api' }, region: { default: 'us-east-1' } },
      },
    ],
    security: [{ sigv4: [] }, { jwt: [] }],
    paths: {
      '/credentials': {
        post: { operationId: 'vend', summary: 'Credentials for the verified caller', ...vend },
        get: {
          operationId: 'vendForSdk',
          summary: 'Credentials for all grants of the caller, in the format of the AWS SDKs’ container credentials',
          ...operation('ContainerCredentials'),
        },
      },
      '/users/{userId}/credentials': {
        post: {
          operationId: 'vendForUser',
          summary: 'Credentials for a user that a trusted backend names; in stacks with backends',
          parameters: [userId],
          ...vend,
          security: [{ sigv4: [] }],
        },
      },
    },
    components: { schemas, responses: responses(), securitySchemes },
  }
}

const securitySchemes = {
  sigv4: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'AWS Signature Version 4, service execute-api.',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  jwt: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'In stacks with an issuer.' },
}

function operation(schema: keyof typeof schemas, more: object = {}): object {
  const vended = {
    description: 'The vended credentials. The response has cache-control: no-store.',
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  }
  const refusals = statuses.map((status) => [status, { $ref: `#/components/responses/Status${status}` }])
  return { ...more, responses: { 200: vended, ...Object.fromEntries(refusals) } }
}

/** One response for each status: the problems of the function, and the message of API Gateway if it can return this status. */
function responses(): object {
  const entries = statuses.map((status) => {
    const own = codes.filter((code) => problems[code].status === status)
    const problem = { 'application/problem+json': { schema: problemSchema(own) } }
    const gateway = { 'application/json': { schema: { $ref: '#/components/schemas/GatewayMessage' } } }
    const content = { ...(own.length > 0 ? problem : {}), ...(gatewayStatuses.includes(status) ? gateway : {}) }
    const description = own.map((code) => `\`${code}\`: ${problems[code].title}`).join('. ') || 'From API Gateway'
    return [`Status${status}`, { description, content }]
  })
  return Object.fromEntries(entries)
}
