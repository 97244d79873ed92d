import { type Attributes, textOf } from '../item/attributes.js'
import { partitionKey } from '../item/item.js'
import type { Table } from './table.js'
import { TableCalls, type TableClientOptions } from './table-calls.js'
import { throttled, unavailable } from './table-errors.js'

/** Maximum number of keys of a BatchGetItem. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const batchKeys = 100

/** A client that only reads. The vending function needs no more, and loads less code. */
export function tableReader(options: TableClientOptions): Pick<Table, 'read'> {
  const calls = new TableCalls(options)
  return { read: (keys, signal) => readItems(calls, keys, signal) }
}

/** Strongly consistent; requests unprocessed keys again. @throws AccessError */
export async function readItems(
  calls: TableCalls,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Attributes>> {
  const { tableName } = calls
  const wanted = new Set(keys)
  const found = new Map<string, Attributes>()
  let left = [...wanted]
  for (let attempt = 0; left.length > 0; attempt++) {
    // DynamoDB leaves keys unprocessed if a response would be too large, or while it throttles.
    if (attempt > 0) await calls.pause(attempt, signal)
    const batch = left.slice(0, batchKeys)
    const Keys = batch.map((key) => ({ [partitionKey]: { S: key } }))
    const answer = await calls.retried(
      'BatchGetItem',
      { RequestItems: { [tableName]: { Keys, ConsistentRead: true } } },
      signal,
    )
    const { items, unprocessed } = batchAnswer(answer, tableName, new Set(batch))
    for (const [key, item] of items) found.set(key, item)
    if (unprocessed.length === batch.length && attempt >= calls.attempts) throw throttled(tableName)
    // After a complete batch, the next one needs no delay.
    if (unprocessed.length === 0) attempt = -1
    left = [...unprocessed, ...left.slice(batchKeys)]
  }
  return found
}

/** The items and the unprocessed keys of a BatchGetItem response. A response that omits a requested key without explanation is invalid. */
function batchAnswer(answer: Readonly<Record<string, unknown>>, tableName: string, asked: ReadonlySet<string>) {
  const { Responses, UnprocessedKeys } = answer
  const list = (Object(Responses) as Record<string, unknown>)[tableName]
  const { Keys = [] } = Object((Object(UnprocessedKeys) as Record<string, unknown>)[tableName]) as { Keys?: unknown }
  const keyOf = (one: unknown) => textOf((Object(one) as Record<string, unknown>)[partitionKey])
  const unprocessed = (Array.isArray(Keys) ? Keys : [undefined]).map(keyOf)
  const items = (Array.isArray(list) ? list : []).map((one) => [keyOf(one), one as Attributes] as const)
  const understood =
    [...unprocessed, ...items.map(([key]) => key)].every((key) => key !== undefined && asked.has(key)) &&
    (Array.isArray(list) || unprocessed.length === asked.size)
  if (!understood) throw unavailable(tableName, new Error('The response does not match the request.'))
  return { items: items as (readonly [string, Attributes])[], unprocessed: unprocessed as string[] }
}
