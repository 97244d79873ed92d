import { type DynamoDb, startDynamoDb, Tables } from '../dynamodb/index.js'

type Settings = Omit<Parameters<typeof startDynamoDb>[0], 'tables'>

/** The account's tables, and DynamoDB in front of them from the first table on. */
export class TableService {
  readonly #settings: Settings
  readonly #tables: Tables
  #starting: Promise<DynamoDb> | undefined
  #serving: DynamoDb | undefined

  /** @param log file in which tables and items outlive the stand-in */
  constructor(settings: Settings, log?: string) {
    this.#settings = settings
    this.#tables = new Tables(settings, log)
  }

  /** Undefined until it listens. */
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
