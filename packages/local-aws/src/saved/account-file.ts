import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SavedAccount } from './saved-account.js'

const file = 'account.json'

/** An account that was written down and cannot be read. */
export class SavedAccountError extends Error {
  override readonly name = 'SavedAccountError'
  readonly code = 'unreadable'
  /** The file. */
  readonly value: string
  readonly remedy = 'Begin anew with --fresh: what was deployed here is then forgotten.'

  constructor(value: string, cause: unknown) {
    super(`The account in ${value} cannot be read: ${(cause as Error).message}`, { cause })
    this.value = value
  }
}

/** The folder where an account is written down. Each writing replaces the former one at once, or not at all. */
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
   * Writes what `take` gives: now, or after the writing that is under way, with what is there then. Resolves when it is on the
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

  /** Forgets the account. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }

  async #writeAll(take: () => SavedAccount): Promise<void> {
    do {
      this.#again = false
      await this.#writeOnce(JSON.stringify(take()))
    } while (this.#again)
  }

  /** Written apart, brought to the disk, renamed: whenever the process ends, the file is whole, the new one or the former. */
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
