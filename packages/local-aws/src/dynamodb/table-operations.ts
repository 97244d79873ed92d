import { recordOf } from '@topic-credentials/project'
import { dynamoDbError } from './dynamodb-error.js'
import type { EngineAnswer } from './engine.js'
import type { Tables } from './tables.js'

type Answer = Pick<EngineAnswer, 'status' | 'body'>

/**
 * Operations on a whole table, performed here because the engine has no deletion protection.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection
 */
const operations: ReadonlyMap<string, (tables: Tables, body: string) => Promise<Answer>> = new Map([
  ['DescribeTable', describe],
  [
    'DeleteTable',
    async (tables: Tables, body: string) => {
      const described = await describe(tables, body)
      if (described.status !== 200) return described
      await tables.delete(nameIn(body))
      return answer({ TableDescription: { ...tableIn(described.body), TableStatus: 'DELETING' } })
    },
  ],
  [
    'UpdateTable',
    async (tables: Tables, body: string) => {
      const { TableName: _, DeletionProtectionEnabled: isProtected, ...others } = recordOf(JSON.parse(body))
      if (typeof isProtected !== 'boolean' || Object.keys(others).length > 0) {
        const message = `The stand-in changes DeletionProtectionEnabled of a table, not ${Object.keys(others).join(', ') || 'nothing'}.`
        throw dynamoDbError('ValidationException', message)
      }
      const before = await describe(tables, body)
      if (before.status !== 200) return before
      await tables.protect(nameIn(body), isProtected)
      return answer({ TableDescription: tableIn((await describe(tables, body)).body) })
    },
  ],
])

/** The response of an operation. @throws ServiceError with DynamoDB's error */
export function operateOn(tables: Tables, operation: string, body: string): Promise<Answer> {
  return operations.get(operation)?.(tables, body) ?? tables.call(operation, body)
}

async function describe(tables: Tables, body: string): Promise<Answer> {
  const TableName = nameIn(body)
  const described = await tables.call('DescribeTable', JSON.stringify({ TableName }))
  if (described.status !== 200) return described
  return answer({ Table: { ...tableIn(described.body), DeletionProtectionEnabled: tables.isProtected(TableName) } })
}

function nameIn(body: string): string {
  return String(recordOf(JSON.parse(body)).TableName)
}

function tableIn(body: string): Readonly<Record<string, unknown>> {
  return recordOf(recordOf(JSON.parse(body)).Table)
}

function answer(body: object): Answer {
  return { status: 200, body: JSON.stringify(body) }
}
