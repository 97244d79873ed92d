import { announce } from '@topic-credentials/project'
import type { LocalAws } from '../local-aws-types.js'

/** Announces a stand-in to other processes, and again when its deployed stacks have changed. */
export class Announcing {
  readonly #directory: string
  #aws: LocalAws | undefined
  #announced = ''
  #caughtUp: number | undefined
  #writing: Promise<void> = Promise.resolve()
  #remove: () => Promise<void> = async () => {}

  constructor(directory: string) {
    this.#directory = directory
  }

  begin(aws: LocalAws): Promise<void> {
    this.#aws = aws
    return this.again()
  }

  /** The stacks are what the sources said at that time, and go on to be: milliseconds since the epoch. */
  caughtUp(asOf: number): void {
    this.#caughtUp = asOf
    void this.again()
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
    const { outputs, endpoints, deployedAt } = this.#aws
    const known = this.#caughtUp ?? deployedAt
    const more = {
      ...(known === undefined ? {} : { asOf: new Date(known).toISOString() }),
      ...(this.#caughtUp === undefined ? {} : { follows: true as const }),
    }
    const told = JSON.stringify([outputs, endpoints, more])
    if (told === this.#announced) return
    this.#announced = told
    const { remove } = await announce({ ...this.#aws, ...more }, { directory: this.#directory })
    this.#remove = remove
  }
}
