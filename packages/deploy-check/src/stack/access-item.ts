import type { Keys, OwnItem } from '../environment.js'
import { allowed, type Outcome, refused, undecided } from '../trials/outcome.js'
import { send } from './post.js'
import { signedHeaders } from './signing.js'

/** The check's own item in the access table, the only one that it has permission to write. */
export class AccessItem {
  readonly #item: OwnItem
  readonly #keys: Keys
  readonly #region: string

  constructor(item: OwnItem, keys: Keys, region: string) {
    this.#item = item
    this.#keys = keys
    this.#region = region
  }

  /** A topic filter beyond the ceiling. */
  get beyondCeiling(): string | undefined {
    return this.#item.beyondCeiling
  }

  /** Revokes the access of the check's role. */
  revoke(): Promise<Outcome> {
    return this.#put({ revoked: { N: String(Date.now()) } })
  }

  /** Grants a subscription to the check's role. */
  grant(filter: string): Promise<Outcome> {
    return this.#put({ subscribe: { L: [{ S: filter }] } })
  }

  /** Deletes the item. */
  remove(): Promise<Outcome> {
    const { tableName: TableName, key } = this.#item
    return this.#call('DeleteItem', { TableName, Key: { pk: { S: key } } })
  }

  /** Tries to write another item, with a condition that is never true: if the write is allowed, it still changes nothing. */
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
