import type { Keys, OwnItem } from '../environment.js'
import { allowed, type Outcome, refused, undecided } from '../trials/outcome.js'
import { send } from './post.js'
import { signedHeaders } from './signing.js'

/** The check's own item in the access table: all of the table that it may write. */
export class AccessItem {
  readonly #item: OwnItem
  readonly #keys: Keys
  readonly #region: string

  constructor(item: OwnItem, keys: Keys, region: string) {
    this.#item = item
    this.#keys = keys
    this.#region = region
  }

  /** A topic filter that the ceiling does not reach. */
  get beyondCeiling(): string | undefined {
    return this.#item.beyondCeiling
  }

  /** The check's role is shut out. */
  revoke(): Promise<Outcome> {
    return this.#put({ revoked: { N: String(Date.now()) } })
  }

  /** The check's role is granted a subscription. */
  grant(filter: string): Promise<Outcome> {
    return this.#put({ subscribe: { L: [{ S: filter }] } })
  }

  /** Nothing is left of it. */
  remove(): Promise<Outcome> {
    const { tableName: TableName, key } = this.#item
    return this.#call('DeleteItem', { TableName, Key: { pk: { S: key } } })
  }

  /** Tries to write another's item, on a condition that no item meets: where it is allowed, nothing is written. */
  async writeAnother(): Promise<Outcome> {
    const { tableName: TableName, key } = this.#item
    const impossible = 'attribute_exists(pk) AND attribute_not_exists(pk)'
    return this.#call('PutItem', { TableName, Item: { pk: { S: `${key}2` } }, ConditionExpression: impossible })
  }

  #put(attributes: object): Promise<Outcome> {
    const { tableName: TableName, key } = this.#item
    const updatedBy = { S: 'deploy-check' }
    return this.#call('PutItem', { TableName, Item: { pk: { S: key }, ...attributes, updatedBy } })
  }

  async #call(operation: string, input: object): Promise<Outcome> {
    const headers = { 'x-amz-target': `DynamoDB_20120810.${operation}` }
    const post = {
      url: this.#item.url,
      contentType: 'application/x-amz-json-1.0',
      headers,
      body: JSON.stringify(input),
    }
    const { status, text } = await send(post, () => signedHeaders(post, this.#keys, 'dynamodb', this.#region))
    if (status === 200 || text.includes('ConditionalCheckFailedException')) return allowed
    if (text.includes('AccessDeniedException')) return refused('AccessDeniedException')
    return undecided(`HTTP ${status} ${text}`.trim().slice(0, 300))
  }
}
