import { dynamoDbError } from './dynamodb-error.js'
import { type EngineAnswer, type EngineSettings, TableEngine } from './engine.js'

/** A table as requested by CloudFormation, with keys and attributes in the format of CreateTable. */
export interface TableSettings {
  readonly tableName: string
  readonly keySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[]
  readonly attributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[]
  readonly deletionProtection: boolean
}

interface Table extends TableSettings {
  readonly arn: string
}

/** The account's tables. The engine is loaded with the first table. */
export class Tables {
  readonly #settings: EngineSettings
  readonly #tables = new Map<string, Table>()
  #engine: TableEngine | undefined

  constructor({ region, accountId }: EngineSettings) {
    this.#settings = { region, accountId }
  }

  /** @throws ServiceError as CreateTable answers it */
  async create(settings: TableSettings): Promise<{ readonly arn: string }> {
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
    if (answer.status === 200) return table
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
    this.#tables.delete(tableName)
    await this.#engine?.call('DeleteTable', JSON.stringify({ TableName: tableName }))
  }

  /** Enables or disables the protection. */
  protect(tableName: string, deletionProtection: boolean): void {
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

  /** @throws ServiceError when no table was ever made */
  async call(operation: string, body: string): Promise<EngineAnswer> {
    if (this.#engine !== undefined) return this.#engine.call(operation, body)
    throw dynamoDbError('ResourceNotFoundException', 'Requested resource not found')
  }

  async close(): Promise<void> {
    await this.#engine?.close()
  }

  #arn(tableName: string): string {
    const { region, accountId } = this.#settings
    return `arn:aws:dynamodb:${region}:${accountId}:table/${tableName}`
  }
}
