import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SavedAccount } from './saved-account.js'

const file = 'account.json'

/** A saved account that cannot be read. */
export class SavedAccountError extends Error {
  override readonly name = 'SavedAccountError'
  readonly code = 'unreadable'
  /** The path of the file. */
  readonly value: string
  readonly remedy = 'Start with --fresh, which deletes the saved stacks.'

  constructor(value: string, cause: unknown) {
    super(`The account in ${value} cannot be read: ${(cause as Error).message}`, { cause })
    this.value = value
  }
}

/** The folder of a saved account. Each save replaces the previous one completely, or not at all. */
export class AccountFile {
  readonly folder: string
  #writing: Promise<void> | undefined
  #again = false

  constructor(folder: string) {
    this.folder = folder
  }

  /** @throws SavedAccountError */
  async read(): Promise<SavedAccount | undefined> {
    const path = join(this.folder, file)
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw new SavedAccountError(path, error)
    }
    try {
      const saved = JSON.parse(text) as SavedAccount
      if (saved.version === 1) return saved
      throw new Error(`its version is ${String(saved.version)}`)
    } catch (error) {
      throw new SavedAccountError(path, error)
    }
  }

  /**
   * Saves the result of `take`: now, or after a save in progress, with the state at that time. Resolves when it is on
   * disk.
   */
  write(take: () => SavedAccount): Promise<void> {
    if (this.#writing !== undefined) {
      this.#again = true
      return this.#writing
    }
    this.#writing = this.#writeAll(take).finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /** Deletes the saved account. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }

  async #writeAll(take: () => SavedAccount): Promise<void> {
    do {
      this.#again = false
      await this.#writeOnce(JSON.stringify(take()))
    } while (this.#again)
  }

  /** Written to a separate file, flushed to disk, and renamed: the file is always complete, whenever the process ends. */
  async #writeOnce(text: string): Promise<void> {
    await mkdir(this.folder, { recursive: true })
    await chmod(this.folder, 0o700)
    const draft = join(this.folder, `${file}.draft`)
    const handle = await open(draft, 'w', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, join(this.folder, file))
  }
}
