import { recordOf } from '@topic-credentials/project'
import type { ContextualRequest } from '../iam/index.js'
import { dynamoDbError } from './dynamodb-error.js'

/** A table by name: its location and the name of its partition key. Undefined if there is none. */
export type FindTable = (name: string) => { readonly arn: string; readonly partitionKey: string | undefined }

type Fields = Readonly<Record<string, unknown>>

/** The keys that one operation accesses in one table. */
interface Touched {
  readonly table: unknown
  readonly keys: readonly unknown[]
  /** What is done to a whole table has no `dynamodb:LeadingKeys`. */
  readonly all?: true
}

const operations: ReadonlyMap<string, (input: Fields) => readonly Touched[]> = new Map([
  ['BatchGetItem', ({ RequestItems }: Fields) => batch(RequestItems, (one) => list(recordOf(one).Keys))],
  ['BatchWriteItem', ({ RequestItems }: Fields) => batch(RequestItems, (one) => list(one).map(written))],
  ['DeleteItem', ({ TableName, Key }: Fields) => [{ table: TableName, keys: [Key] }]],
  ['DeleteTable', ({ TableName }: Fields) => [{ table: TableName, keys: [], all: true as const }]],
  ['DescribeTable', ({ TableName }: Fields) => [{ table: TableName, keys: [], all: true as const }]],
  ['GetItem', ({ TableName, Key }: Fields) => [{ table: TableName, keys: [Key] }]],
  ['ListTables', () => [{ table: '*', keys: [], all: true as const }]],
  ['PutItem', ({ TableName, Item }: Fields) => [{ table: TableName, keys: [Item] }]],
  ['Scan', ({ TableName }: Fields) => [{ table: TableName, keys: [], all: true as const }]],
  ['UpdateItem', ({ TableName, Key }: Fields) => [{ table: TableName, keys: [Key] }]],
  ['UpdateTable', ({ TableName }: Fields) => [{ table: TableName, keys: [], all: true as const }]],
])

/**
 * The permissions that an operation requires: its action on each table that it names, with `dynamodb:LeadingKeys` of all items that it
 * names there.
 *
 * @throws ServiceError for operations that the stand-in does not have, and input that names no table
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function rightsFor(operation: string, input: unknown, findTable: FindTable): readonly ContextualRequest[] {
  const touches = operations.get(operation)
  if (touches === undefined) {
    const known = [...operations.keys()].join(', ')
    throw dynamoDbError('UnknownOperationException', `The stand-in supports ${known}, not '${operation}'.`)
  }
  const fields = recordOf(input)
  const touched = touches(fields)
  if (touched.length === 0) throw dynamoDbError('ValidationException', 'The request names no table.')
  return touched.map(({ table, keys, all }) => {
    if (typeof table !== 'string') throw dynamoDbError('ValidationException', 'TableName must be a string.')
    const { arn, partitionKey = '' } = findTable(table)
    const context = {
      ...(all === true ? {} : { 'dynamodb:LeadingKeys': keys.flatMap((key) => valuesOf(recordOf(key)[partitionKey])) }),
      // Conditions on attributes cannot be evaluated here, so a statement with one allows nothing.
      'dynamodb:Attributes': ['(not modelled)'],
      'dynamodb:ReturnValues': text(fields.ReturnValues) ?? 'NONE',
      'dynamodb:ReturnConsumedCapacity': text(fields.ReturnConsumedCapacity) ?? 'NONE',
      ...(operation === 'Scan' ? { 'dynamodb:Select': text(fields.Select) ?? 'ALL_ATTRIBUTES' } : {}),
    }
    return { action: `dynamodb:${operation}`, resource: arn, context }
  })
}

function batch(items: unknown, keysOf: (one: unknown) => readonly unknown[]): readonly Touched[] {
  return Object.entries(recordOf(items)).map(([table, one]) => ({ table, keys: keysOf(one) }))
}

function written(request: unknown): unknown {
  const { PutRequest, DeleteRequest } = recordOf(request)
  return recordOf(PutRequest).Item ?? recordOf(DeleteRequest).Key
}

/** `{ S: 'a' }`, `{ N: '1' }` or `{ B: '…' }` as a condition value. */
function valuesOf(attribute: unknown): readonly string[] {
  return Object.values(recordOf(attribute)).flatMap((value) => text(value) ?? [])
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
