import type { Attributes } from '../item/attributes.js'
import type { Expected, Table } from './table.js'
import { TableCalls, type TableClientOptions } from './table-calls.js'
import { unavailable } from './table-errors.js'
import { readItems } from './table-reader.js'

/**
 * The access table over DynamoDB's JSON protocol: four operations, signed, each with a timeout and a limited response size.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 * @example
 * const table = new TableClient({ tableName, region, endpoint: `https://dynamodb.${region}.amazonaws.com`, credentials })
 * await table.read(['user#alice', 'group#operators'])
 */
export class TableClient implements Table {
  readonly #calls: TableCalls

  constructor(options: TableClientOptions) {
    this.#calls = new TableCalls(options)
  }

  now(): number {
    return this.#calls.now()
  }

  read(keys: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Attributes>> {
    return readItems(this.#calls, keys, signal)
  }

  async put(item: Attributes, { version, writeId }: Expected, signal?: AbortSignal): Promise<boolean> {
    const names = { '#version': 'version', '#writeId': 'writeId' }
    const same = writeId === undefined ? 'attribute_not_exists(#writeId)' : '#writeId = :writeId'
    const condition = version === 0 ? `attribute_not_exists(#version) AND ${same}` : `#version = :version AND ${same}`
    const values = {
      ...(version === 0 ? {} : { ':version': { N: String(version) } }),
      ...(writeId === undefined ? {} : { ':writeId': { S: writeId } }),
    }
    const answer = await this.#calls.once(
      'PutItem',
      {
        TableName: this.#calls.tableName,
        Item: item,
        ConditionExpression: condition,
        ExpressionAttributeNames: names,
        ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
      },
      signal,
    )
    return answer !== 'condition failed'
  }

  async *scan(signal?: AbortSignal): AsyncGenerator<readonly Attributes[]> {
    let ExclusiveStartKey: unknown
    do {
      const answer = await this.#calls.retried(
        'Scan',
        {
          TableName: this.#calls.tableName,
          ConsistentRead: true,
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        },
        signal,
      )
      const { Items, LastEvaluatedKey } = answer
      if (!Array.isArray(Items)) throw unavailable(this.#calls.tableName, new Error('The response has no items.'))
      yield Items as Attributes[]
      ExclusiveStartKey = LastEvaluatedKey
    } while (ExclusiveStartKey !== undefined)
  }
}
