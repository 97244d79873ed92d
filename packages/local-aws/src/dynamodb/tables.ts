import { dynamoDbError } from './dynamodb-error.js'
import { type EngineAnswer, type EngineSettings, TableEngine } from './engine.js'
import { type TableEvent, TableLog } from './table-log.js'
import type { TableSettings } from './table-settings.js'

interface Table extends TableSettings {
  readonly arn: string
}

/** Operations that change items. */
const writes = /^(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem)$/u

/** The account's tables. The engine is loaded with the first table. */
export class Tables {
  readonly #settings: EngineSettings
  readonly #tables = new Map<string, Table>()
  readonly #log: TableLog | undefined
  /** Names of restored tables that no resource has claimed yet. */
  readonly #returned = new Set<string>()
  #engine: TableEngine | undefined

  /** @param log the file in which tables and items are saved */
  constructor({ region, accountId }: EngineSettings, log?: string) {
    this.#settings = { region, accountId }
    this.#log = log === undefined ? undefined : new TableLog(log)
  }

  /** Restores the tables and items of the file, and shortens it to the current state. */
  async restore(): Promise<void> {
    if (this.#log === undefined) return
    for (const past of await this.#log.read()) await this.#happen(past)
    for (const name of this.#tables.keys()) this.#returned.add(name)
    await this.#log.replace(await this.#whole())
  }

  async #happen(past: TableEvent): Promise<void> {
    if (past.event === 'created') {
      await this.#create(past.table)
    } else if (past.event === 'deleted') {
      await this.#delete(past.tableName)
    } else if (past.event === 'protected') {
      this.#protect(past.tableName, past.deletionProtection)
    } else {
      const { status, body } = await this.call(past.operation, past.body, false)
      if (status !== 200) throw new Error(`An item of the saved tables cannot be restored: ${body}`)
    }
  }

  /** The restored table of a resource; undefined at the second call. */
  returned(tableName: string): { readonly arn: string } | undefined {
    return this.#returned.delete(tableName) ? this.#tables.get(tableName) : undefined
  }

  /** @throws ServiceError with CreateTable's error */
  async create(settings: TableSettings): Promise<{ readonly arn: string }> {
    const table = await this.#create(settings)
    await this.#log?.append({ event: 'created', table: settings })
    return table
  }

  async #create(settings: TableSettings): Promise<{ readonly arn: string }> {
    const { tableName, keySchema, attributeDefinitions } = settings
    if (this.#tables.has(tableName)) {
      throw dynamoDbError('ResourceInUseException', `Table already exists: ${tableName}`)
    }
    const table = { ...settings, arn: this.#arn(tableName) }
    this.#tables.set(tableName, table)
    this.#engine ??= new TableEngine(this.#settings)
    const answer = await this.#engine.call(
      'CreateTable',
      JSON.stringify({
        TableName: tableName,
        KeySchema: keySchema,
        AttributeDefinitions: attributeDefinitions,
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
    if (answer.status === 200) {
      await this.#active(tableName)
      return table
    }
    this.#tables.delete(tableName)
    const { __type = '', message = answer.body } = JSON.parse(answer.body) as { __type?: string; message?: string }
    throw dynamoDbError(__type.replace(/^.*#/u, ''), message, { status: answer.status })
  }

  /** @throws ServiceError for a table that is protected, as CloudFormation reports it */
  async delete(tableName: string): Promise<void> {
    const table = this.#tables.get(tableName)
    if (table === undefined) return
    if (table.deletionProtection) {
      throw dynamoDbError(
        'ValidationException',
        `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first. (Table ${tableName})`,
      )
    }
    await this.#delete(tableName)
    await this.#log?.append({ event: 'deleted', tableName })
  }

  /** Enables or disables the protection. */
  async protect(tableName: string, deletionProtection: boolean): Promise<void> {
    this.#protect(tableName, deletionProtection)
    await this.#log?.append({ event: 'protected', tableName, deletionProtection })
  }

  /** Waits until the table accepts writes, as CloudFormation does. */
  async #active(tableName: string): Promise<void> {
    for (;;) {
      const { body } = await this.call('DescribeTable', JSON.stringify({ TableName: tableName }))
      const { Table } = JSON.parse(body) as { readonly Table?: { readonly TableStatus?: string } }
      if (Table?.TableStatus === 'ACTIVE') return
    }
  }

  async #delete(tableName: string): Promise<void> {
    this.#tables.delete(tableName)
    this.#returned.delete(tableName)
    await this.#engine?.call('DeleteTable', JSON.stringify({ TableName: tableName }))
  }

  #protect(tableName: string, deletionProtection: boolean): void {
    const table = this.#tables.get(tableName)
    if (table !== undefined) this.#tables.set(tableName, { ...table, deletionProtection })
  }

  /** Also for a table that does not exist: a caller without permission must not learn whether it exists. */
  find(tableName: string): { readonly arn: string; readonly partitionKey: string | undefined } {
    const table = this.#tables.get(tableName)
    const partitionKey = table?.keySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName
    return { arn: this.#arn(tableName), partitionKey }
  }

  names(): string[] {
    return [...this.#tables.keys()]
  }

  isProtected(tableName: string): boolean {
    return this.#tables.get(tableName)?.deletionProtection ?? false
  }

  /** @throws ServiceError if no table was ever created */
  async call(operation: string, body: string, kept = true): Promise<EngineAnswer> {
    if (this.#engine === undefined) {
      throw dynamoDbError('ResourceNotFoundException', 'Requested resource not found')
    }
    const answer = await this.#engine.call(operation, body)
    if (kept && answer.status === 200 && writes.test(operation)) {
      await this.#log?.append({ event: 'written', operation, body })
    }
    return answer
  }

  async close(): Promise<void> {
    await this.#engine?.close()
  }

  /** The current state. */
  async #whole(): Promise<TableEvent[]> {
    const events: TableEvent[] = []
    for (const { arn: _, ...table } of this.#tables.values()) {
      events.push({ event: 'created', table })
      for await (const item of this.#items(table.tableName)) {
        const body = JSON.stringify({ TableName: table.tableName, Item: item })
        events.push({ event: 'written', operation: 'PutItem', body })
      }
    }
    return events
  }

  async *#items(tableName: string): AsyncGenerator<unknown> {
    let start: unknown
    do {
      const asked = { TableName: tableName, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }
      const { body } = await this.call('Scan', JSON.stringify(asked))
      const page = JSON.parse(body) as { readonly Items?: readonly unknown[]; readonly LastEvaluatedKey?: unknown }
      yield* page.Items ?? []
      start = page.LastEvaluatedKey
    } while (start !== undefined)
  }

  #arn(tableName: string): string {
    const { region, accountId } = this.#settings
    return `arn:aws:dynamodb:${region}:${accountId}:table/${tableName}`
  }
}
