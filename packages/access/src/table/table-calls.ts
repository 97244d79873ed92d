import { setTimeout } from 'node:timers/promises'
import { parseJson, recordOf } from '@topic-credentials/grants'
import { AccessError } from '../errors.js'
import { type SignedCall, type SignedService, signedCalls } from './signed-call.js'
import { errorName, tableFailure, unavailable } from './table-errors.js'

export interface TableClientOptions extends Omit<SignedService, 'service'> {
  readonly tableName: string
  /** Timeout of one request, in milliseconds. Default 2,000. */
  readonly timeoutMs?: number
  /** Maximum number of attempts if the table does not respond or throttles. Default 3. */
  readonly attempts?: number
  /** Maximum size of one response in bytes. Default 16 MiB, which is more than DynamoDB sends. */
  readonly longestAnswer?: number
}

/**
 * DynamoDB operations on one table over its JSON protocol: signed, each with a timeout and a limited response size.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export class TableCalls {
  readonly tableName: string
  readonly attempts: number
  readonly #options: TableClientOptions
  readonly #call: SignedCall
  #offset = 0

  constructor(options: TableClientOptions) {
    this.tableName = options.tableName
    this.attempts = options.attempts ?? 3
    this.#options = options
    this.#call = signedCalls({ ...options, service: 'dynamodb' })
  }

  now(): number {
    return Date.now() + this.#offset
  }

  /** Retries if the table does not respond or throttles. @throws AccessError */
  async retried(operation: string, input: object, signal: AbortSignal | undefined) {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.once(operation, input, signal)
        if (answer !== 'condition failed') return answer
        throw unavailable(this.#options.tableName, new Error('The response to a read names a failed condition.'))
      } catch (error) {
        const again = error instanceof AccessError && /^table_(unavailable|throttled)$/u.test(error.code)
        if (!again || attempt >= this.attempts || signal?.aborted === true) throw error
        await this.pause(attempt, signal)
      }
    }
  }

  /** @throws AccessError */
  async once(
    operation: string,
    input: object,
    signal: AbortSignal | undefined,
  ): Promise<Readonly<Record<string, unknown>> | 'condition failed'> {
    const { tableName, timeoutMs = 2000, longestAnswer = 16 * 1024 * 1024 } = this.#options
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
    if (!Number.isNaN(date)) this.#offset = date - Date.now()
    if (answer.status !== 200) {
      if (errorName(answer.body) === 'ConditionalCheckFailedException') return 'condition failed'
      throw tableFailure(answer, tableName)
    }
    return recordOf(parseJson(answer.body, (_, cause) => unavailable(tableName, cause)))
  }

  /** Waits a random time up to 50, 100, 200, … milliseconds, so that clients refused at the same time do not retry at the same time. */
  async pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
    const longest = Math.min(50 * 2 ** (attempt - 1), 1000)
    try {
      await setTimeout(Math.random() * longest, undefined, signal === undefined ? {} : { signal })
    } catch (cause) {
      throw unavailable(this.#options.tableName, cause)
    }
  }
}
