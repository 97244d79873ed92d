import type { AccountFile } from './account-file.js'
import type { SavedAccount } from './saved-account.js'

/** Saves the account after each change, from the end of its start until the beginning of its end. */
export class Keeper {
  readonly #file: AccountFile
  #account: { save(): SavedAccount } | undefined

  constructor(file: AccountFile) {
    this.#file = file
  }

  /** Starts saving. */
  keep(account: { save(): SavedAccount }): void {
    this.#account = account
    this.changed()
  }

  changed(): void {
    const account = this.#account
    // The next save reports a full disk; the account itself continues.
    if (account !== undefined) this.#file.write(() => account.save()).catch(() => {})
  }

  /** Makes the last save; later changes are part of shutting down. */
  async end(): Promise<void> {
    const account = this.#account
    this.#account = undefined
    if (account !== undefined) await this.#file.write(() => account.save())
  }
}
