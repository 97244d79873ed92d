import { crc32 } from 'node:zlib'
import { parseJson } from '@topic-credentials/project'
import { authorize } from '../iam/index.js'
import { type ServedService, type ServedSettings, serveService } from '../protocols/serve-service.js'
import { type Asked, type Call, type Reply, type ServiceHandler, signedService } from '../protocols/signed-service.js'
import { dynamoDbError, qualified } from './dynamodb-error.js'
import { type DynamoDbFaults, PendingFaults } from './faults.js'
import { rightsFor } from './operation-rights.js'
import { operateOn } from './table-operations.js'
import type { Tables } from './tables.js'

interface DynamoDbSettings extends ServedSettings {
  readonly tables: Tables
}

export interface DynamoDb extends ServedService {
  readonly faults: DynamoDbFaults
}

/** DynamoDB's limit is 16 MiB. */
const largestBody = 16 * 1024 * 1024
const tooMuch = 'The level of configured provisioned throughput for the table was exceeded.'

/**
 * Serves the account's tables over TLS on 127.0.0.1: JSON 1.0, signatures verified, the caller's own policies enforced with
 * `dynamodb:LeadingKeys`.
 *
 * @example
 * await using dynamodb = await startDynamoDb({ tables, directory, accountId, region: 'eu-west-1', clock, journal, tls, port: 0 })
 * new DynamoDBClient({ endpoint: dynamodb.url, region: 'eu-west-1', credentials })
 */
export async function startDynamoDb(settings: DynamoDbSettings): Promise<DynamoDb> {
  const faults = new PendingFaults()
  const server = await serveService(settings, tableService(settings, faults), () => faults.delayed)
  return { ...server, faults }
}

function tableService(settings: DynamoDbSettings, faults: PendingFaults): ServiceHandler {
  const { tables } = settings
  return signedService(settings, {
    service: 'dynamodb',
    largestBody,
    event: operationOf,
    async operate(call) {
      const operation = operationOf(call)
      permit(tables, call, operation)
      if (faults.meets('fail')) throw dynamoDbError('InternalServerError', 'Internal server error', { status: 500 })
      if (faults.meets('throttle')) throw dynamoDbError('ProvisionedThroughputExceededException', tooMuch)
      const text = call.body.toString()
      const unprocessed = operation === 'BatchGetItem' && faults.meets('leaveUnprocessed')
      const { status, body } = await (unprocessed ? partly(tables, text) : operateOn(tables, operation, text))
      const isLost = faults.meets('loseAnswers')
      const isGarbled = !isLost && faults.meets('garble')
      return { reply: json(status, isGarbled ? '<html>busy</html>' : body), isLost, fields: { status } }
    },
    refuse({ code, status, message }) {
      // DynamoDB's own errors have the key "message", those of the protocol "Message".
      const known = code === 'InternalFailure' ? 'InternalServerError' : code
      return json(status, JSON.stringify({ __type: qualified(known), message, Message: message }))
    },
  })
}

function operationOf({ headers }: Asked): string {
  return /^DynamoDB_20120810\.([A-Za-z]{1,40})$/u.exec(String(headers['x-amz-target']))?.[1] ?? ''
}

function json(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-crc32': String(crc32(body)) }, body }
}

/** @throws ServiceError unless the caller has all permissions that the operation requires */
function permit(tables: Tables, { caller: { principal }, context, body }: Call, operation: string): void {
  const input = parseJson(body.toString())
  if (input === undefined) throw dynamoDbError('SerializationException', 'The body is not JSON.')
  for (const { context: more, ...right } of rightsFor(operation, input, (name) => tables.find(name))) {
    const { outcome, reason } = authorize(principal, { ...right, context: { ...context, ...more } })
    if (outcome === 'Allowed') continue
    const why =
      outcome === 'ExplicitlyDenied'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${right.action} action`
    const message = `User: ${principal.arn} is not authorized to perform: ${right.action} on resource: ${right.resource} ${why}`
    throw dynamoDbError('AccessDeniedException', message, { detail: reason })
  }
}

/** Processes one key of one table and returns all others as unprocessed, as DynamoDB does if a response would be too large. */
async function partly(tables: Tables, text: string) {
  type Items = Record<string, { readonly Keys: readonly unknown[] }>
  const { RequestItems } = JSON.parse(text) as { readonly RequestItems: Items }
  const [[name, { Keys, ...rest }], ...others] = Object.entries(RequestItems) as [[string, Items[string]]]
  const first = JSON.stringify({ RequestItems: { [name]: { ...rest, Keys: Keys.slice(0, 1) } } })
  const answer = await tables.call('BatchGetItem', first)
  if (answer.status !== 200) return answer
  const left = [[name, { ...rest, Keys: Keys.slice(1) }] as const, ...others].filter(([, one]) => one.Keys.length > 0)
  return {
    ...answer,
    body: JSON.stringify({ ...JSON.parse(answer.body), UnprocessedKeys: Object.fromEntries(left) }),
  }
}
