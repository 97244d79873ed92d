import { setTimeout } from 'node:timers/promises'
import { AccessError } from '../errors.js'
import { type Attributes, textOf } from '../item/attributes.js'
import { partitionKey } from '../item/item.js'
import { type SignedCall, type SignedService, signedCalls } from './signed-call.js'
import { errorName, tableFailure, throttled, unavailable } from './table-errors.js'

/** A condition of a write: the item is still the one that was read. */
export interface Expected {
  readonly version: number
  /** Undefined: there was none, or no item at all. */
  readonly writeId: string | undefined
}

/** What is asked of a table. {@link TableClient} asks DynamoDB. */
export interface Table {
  /** Strongly consistent. Keys without an item are not in the answer. @throws AccessError */
  read(keys: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Attributes>>
  /**
   * Replaces an item that is still as expected. Answers whether it was. @throws AccessError; after `table_unavailable` it may have
   * been written all the same
   */
  put(item: Attributes, expected: Expected, signal?: AbortSignal): Promise<boolean>
  /** All items, page by page; not a snapshot. @throws AccessError */
  scan(signal?: AbortSignal): AsyncIterable<readonly Attributes[]>
}

export interface TableClientOptions extends Omit<SignedService, 'service'> {
  readonly tableName: string
  /** Milliseconds for one request and its answer. Default 2,000. */
  readonly timeoutMs?: number
  /** Requests in all where the table does not answer or throttles. Default 3. */
  readonly attempts?: number
  /** Bytes of one answer. Default 16 MiB, which is more than DynamoDB sends. */
  readonly longestAnswer?: number
  /** Takes the moment that DynamoDB says it is, from each answer. */
  readonly onDate?: (milliseconds: number) => void
}

/** Keys of one BatchGetItem. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const batchKeys = 100

/**
 * The access table over DynamoDB's JSON protocol: four operations, signed, each with a deadline and a bounded answer.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 * @example
 * const table = new TableClient({ tableName, region, endpoint: `https://dynamodb.${region}.amazonaws.com`, credentials })
 * await table.read(['user#alice', 'group#operators'])
 */
export class TableClient implements Table {
  readonly #options: TableClientOptions
  readonly #call: SignedCall

  constructor(options: TableClientOptions) {
    this.#options = options
    this.#call = signedCalls({ ...options, service: 'dynamodb' })
  }

  async read(keys: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Attributes>> {
    const { tableName } = this.#options
    const wanted = new Set(keys)
    const found = new Map<string, Attributes>()
    let left = [...wanted]
    for (let attempt = 0; left.length > 0; attempt++) {
      // DynamoDB leaves keys over when an answer would be too large, or when it is throttled.
      if (attempt > 0) await this.#pause(attempt, signal)
      const batch = left.slice(0, batchKeys)
      const Keys = batch.map((key) => ({ [partitionKey]: { S: key } }))
      const answer = await this.#retried(
        'BatchGetItem',
        { RequestItems: { [tableName]: { Keys, ConsistentRead: true } } },
        signal,
      )
      const { items, unprocessed } = batchAnswer(answer, tableName, new Set(batch))
      for (const [key, item] of items) found.set(key, item)
      if (unprocessed.length === batch.length && attempt >= this.#attempts) throw throttled(tableName)
      // A batch that made its way is no reason to wait before the next one.
      if (unprocessed.length === 0) attempt = -1
      left = [...unprocessed, ...left.slice(batchKeys)]
    }
    return found
  }

  async put(item: Attributes, { version, writeId }: Expected, signal?: AbortSignal): Promise<boolean> {
    const names = { '#version': 'version', '#writeId': 'writeId' }
    const same = writeId === undefined ? 'attribute_not_exists(#writeId)' : '#writeId = :writeId'
    const condition = version === 0 ? `attribute_not_exists(#version) AND ${same}` : `#version = :version AND ${same}`
    const values = {
      ...(version === 0 ? {} : { ':version': { N: String(version) } }),
      ...(writeId === undefined ? {} : { ':writeId': { S: writeId } }),
    }
    const answer = await this.#once(
      'PutItem',
      {
        TableName: this.#options.tableName,
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
      const answer = await this.#retried(
        'Scan',
        {
          TableName: this.#options.tableName,
          ConsistentRead: true,
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        },
        signal,
      )
      const { Items, LastEvaluatedKey } = answer
      if (!Array.isArray(Items)) throw unavailable(this.#options.tableName, new Error('No items'))
      yield Items as Attributes[]
      ExclusiveStartKey = LastEvaluatedKey
    } while (ExclusiveStartKey !== undefined)
  }

  get #attempts(): number {
    return this.#options.attempts ?? 3
  }

  async #retried(operation: string, input: object, signal: AbortSignal | undefined) {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#once(operation, input, signal)
        if (answer !== 'condition failed') return answer
        throw unavailable(this.#options.tableName, new Error('A read has no condition'))
      } catch (error) {
        const again = error instanceof AccessError && /^table_(unavailable|throttled)$/u.test(error.code)
        if (!again || attempt >= this.#attempts || signal?.aborted === true) throw error
        await this.#pause(attempt, signal)
      }
    }
  }

  async #once(
    operation: string,
    input: object,
    signal: AbortSignal | undefined,
  ): Promise<Readonly<Record<string, unknown>> | 'condition failed'> {
    const { tableName, timeoutMs = 2000, longestAnswer = 16 * 1024 * 1024, onDate } = this.#options
    const deadline = AbortSignal.timeout(timeoutMs)
    const answer = await this.#call({
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: JSON.stringify(input),
      longestAnswer,
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    }).catch((cause: unknown) => {
      throw unavailable(tableName, cause)
    })
    const date = Date.parse(String(answer.headers.date))
    if (!Number.isNaN(date)) onDate?.(date)
    if (answer.status !== 200) {
      if (errorName(answer.body) === 'ConditionalCheckFailedException') return 'condition failed'
      throw tableFailure(answer, tableName)
    }
    try {
      return Object(JSON.parse(answer.body)) as Record<string, unknown>
    } catch (cause) {
      throw unavailable(tableName, cause)
    }
  }

  /** Milliseconds: up to 50, 100, 200, … at random, so that those who were refused together do not come back together. */
  async #pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
    const longest = Math.min(50 * 2 ** (attempt - 1), 1000)
    try {
      await setTimeout(Math.random() * longest, undefined, signal === undefined ? {} : { signal })
    } catch (cause) {
      throw unavailable(this.#options.tableName, cause)
    }
  }
}

/** What a BatchGetItem found and left over. An answer that says nothing about a key that was asked for is none. */
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
  if (!understood) throw unavailable(tableName, new Error('The answer does not fit the request.'))
  return { items: items as (readonly [string, Attributes])[], unprocessed: unprocessed as string[] }
}
