import { announce } from '@topic-credentials/project'
import type { LocalAws } from '../local-aws-types.js'

/** Announces a stand-in to other processes, and again when its deployed stacks have changed. */
export class Announcing {
  readonly #directory: string
  #aws: LocalAws | undefined
  #announced = ''
  #writing: Promise<void> = Promise.resolve()
  #remove: () => Promise<void> = async () => {}

  constructor(directory: string) {
    this.#directory = directory
  }

  begin(aws: LocalAws): Promise<void> {
    this.#aws = aws
    return this.again()
  }

  /** Writes only changes. */
  again(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async end(): Promise<void> {
    this.#aws = undefined
    await this.#writing
    await this.#remove()
  }

  async #write(): Promise<void> {
    if (this.#aws === undefined) return
    const { outputs, endpoints } = this.#aws
    const told = JSON.stringify([outputs, endpoints])
    if (told === this.#announced) return
    this.#announced = told
    const { remove } = await announce(this.#aws, { directory: this.#directory })
    this.#remove = remove
  }
}
