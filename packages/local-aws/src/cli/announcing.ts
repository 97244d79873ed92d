import { announce } from '@topic-credentials/project'
import type { Known } from '../live/follow-kept.js'
import type { LocalAws } from '../local-aws-types.js'

/** Announces a stand-in to other processes, and again when its deployed stacks have changed. */
export class Announcing {
  readonly #directory: string
  #aws: LocalAws | undefined
  #announced = ''
  #known: Known = { follows: false }
  #failedAt: number | undefined
  #writing: Promise<void> = Promise.resolve()
  #remove: () => Promise<void> = async () => {}

  constructor(directory: string) {
    this.#directory = directory
  }

  begin(aws: LocalAws): Promise<void> {
    this.#aws = aws
    return this.again()
  }

  /** The state of the deployed stacks has changed. A state without `asOf` leaves that time as it was. */
  know(known: Known): void {
    const { asOf } = this.#known
    this.#known = { ...(asOf === undefined ? {} : { asOf }), ...known }
    this.#failedAt = undefined
    void this.again()
  }

  /** The sources as of this time could not be deployed. */
  failed(asOf: number): void {
    this.#failedAt = asOf
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
    const { asOf = deployedAt, follows, behind } = this.#known
    const more = {
      ...(asOf === undefined ? {} : { asOf: new Date(asOf).toISOString() }),
      ...(follows ? { follows } : {}),
      ...(behind === undefined ? {} : { behind }),
      ...(this.#failedAt === undefined ? {} : { failedAt: new Date(this.#failedAt).toISOString() }),
    }
    const next = JSON.stringify([outputs, endpoints, more])
    if (next === this.#announced) return
    this.#announced = next
    const { remove } = await announce({ ...this.#aws, ...more }, { directory: this.#directory })
    this.#remove = remove
  }
}
