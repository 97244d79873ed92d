import type { AccountFile } from './account-file.js'
import type { SavedAccount } from './saved-account.js'

/** Keeps what is written down true while an account changes: from when it is whole until it begins to end. */
export class Keeper {
  readonly #file: AccountFile
  #account: { save(): SavedAccount } | undefined

  constructor(file: AccountFile) {
    this.#file = file
  }

  /** From now on. */
  keep(account: { save(): SavedAccount }): void {
    this.#account = account
    this.changed()
  }

  changed(): void {
    const account = this.#account
    // The next writing tells of a disk that is full; the account itself goes on.
    if (account !== undefined) this.#file.write(() => account.save()).catch(() => {})
  }

  /** The last writing; what happens afterwards is of the ending. */
  async end(): Promise<void> {
    const account = this.#account
    this.#account = undefined
    if (account !== undefined) await this.#file.write(() => account.save())
  }
}
