import { type DynamoDb, startDynamoDb, Tables } from '../dynamodb/index.js'

type Settings = Omit<Parameters<typeof startDynamoDb>[0], 'tables'>

/** The account's tables, and the DynamoDB server, which is started with the first table. */
export class TableService {
  readonly #settings: Settings
  readonly #tables: Tables
  #starting: Promise<DynamoDb> | undefined
  #serving: DynamoDb | undefined

  /** @param log the file in which tables and items are saved */
  constructor(settings: Settings, log?: string) {
    this.#settings = settings
    this.#tables = new Tables(settings, log)
  }

  /** Undefined until it is listening. */
  get serving(): DynamoDb | undefined {
    return this.#serving
  }

  async open(): Promise<Tables> {
    const tables = this.#tables
    this.#starting ??= tables.restore().then(() => startDynamoDb({ ...this.#settings, tables }))
    this.#serving = await this.#starting
    return this.#tables
  }

  async close(): Promise<void> {
    await (await this.#starting)?.close()
    await this.#tables.close()
  }
}
