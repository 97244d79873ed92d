import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { TableSettings } from './table-settings.js'

/** A change of a table. */
export type TableEvent =
  | { readonly event: 'created'; readonly table: TableSettings }
  | { readonly event: 'deleted'; readonly tableName: string }
  | { readonly event: 'protected'; readonly tableName: string; readonly deletionProtection: boolean }
  | { readonly event: 'written'; readonly operation: string; readonly body: string }

/**
 * A file with one line per change. A change is acknowledged after its line is written; an incomplete last line, after a crash, is ignored: its
 * change was not acknowledged.
 */
export class TableLog {
  readonly #file: string
  #writing: Promise<void> = Promise.resolve()

  constructor(file: string) {
    this.#file = file
  }

  get exists(): boolean {
    return existsSync(this.#file)
  }

  async read(): Promise<TableEvent[]> {
    if (!this.exists) return []
    const lines = (await readFile(this.#file, 'utf8')).split('\n')
    // The last line is empty or incomplete.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as TableEvent)
  }

  /** Resolves when the line is written. */
  append(event: TableEvent): Promise<void> {
    this.#writing = this.#writing.then(() => appendFile(this.#file, `${JSON.stringify(event)}\n`, { mode: 0o600 }))
    return this.#writing
  }

  /** Replaces the whole file atomically. */
  async replace(events: readonly TableEvent[]): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
    const draft = `${this.#file}.draft`
    await writeFile(draft, events.map((event) => `${JSON.stringify(event)}\n`).join(''), { mode: 0o600, flush: true })
    await rename(draft, this.#file)
  }
}
