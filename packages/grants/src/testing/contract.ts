import { createRequire } from 'node:module'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FormatsPlugin } from 'ajv-formats'
import addFormats from 'ajv-formats'

interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Content {
  readonly [type: string]: unknown
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>
}

const document = createRequire(import.meta.url)('../../openapi.json') as OpenApi
const ajv = new Ajv2020({ strict: false, allErrors: true })
const plugin: unknown = addFormats
;(plugin as FormatsPlugin)(ajv)
ajv.addSchema(document, 'openapi.json')

/**
 * Compares a response of the vendor with the OpenAPI document.
 *
 * @param routeKey such as `POST /credentials`; every route except `GET /credentials` has the responses of that one
 * @throws Error with the difference
 */
export function requireContract(routeKey: string | undefined, { statusCode, headers, body }: Answer): void {
  const method = routeKey?.startsWith('GET ') ? 'get' : 'post'
  const at = `#/paths/~1credentials/${method}/responses/${statusCode}`
  const type = headers['content-type'] ?? ''
  const found: unknown = document.paths['/credentials']?.[method]?.responses
  const answer = Object(found)[String(statusCode)] as { readonly content?: Content; readonly $ref?: string } | undefined
  if (answer === undefined) throw new Error(`The document has no ${statusCode} at ${at}`)
  const place = answer.$ref ?? at
  const schema = `openapi.json${place}/content/${type.replaceAll('~', '~0').replaceAll('/', '~1')}/schema`
  const validate = ajv.getSchema(schema)
  if (validate === undefined) throw new Error(`The document has no ${type} for ${statusCode}`)
  if (validate(JSON.parse(body)) !== true) throw new Error(`${statusCode}: ${ajv.errorsText(validate.errors)}\n${body}`)
}
