import type { VendedCredentialsProvider } from '../credentials/provider.js'
import { VendRefusedError } from '../errors.js'
import { sleep } from '../support/abort.js'

/** Refusals of the broker make one question in this time. */
const soonestMs = 60_000

export interface RevalidationOptions {
  readonly credentials: Pick<VendedCredentialsProvider, 'refresh'>
  /** Undefined: only after a refusal of the broker's. */
  readonly everyMs: number | undefined
  readonly closing: AbortSignal
  /** The vendor says no: the user is revoked, or may not have this any more. */
  readonly refused: (error: VendRefusedError) => void
}

/**
 * Asks the vendor whether the grants of a connection still stand. A connection outlives its credentials, and the revocation of its user:
 * AWS IoT goes on with it and delivers nothing. So one that only listens would never know.
 */
export class Revalidation {
  readonly #options: RevalidationOptions
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(options: RevalidationOptions) {
    this.#options = options
    if (options.everyMs !== undefined) void this.#askEvery(options.everyMs).catch(() => {})
  }

  /** Asks now, unless it was asked just before. */
  soon(): void {
    if (performance.now() - this.#askedAt >= soonestMs) void this.#ask()
  }

  async #askEvery(ms: number): Promise<never> {
    for (;;) {
      await sleep(ms, this.#options.closing)
      await this.#ask()
    }
  }

  async #ask(): Promise<void> {
    this.#askedAt = performance.now()
    const { credentials, closing, refused } = this.#options
    try {
      await credentials.refresh()
    } catch (error) {
      // A vendor that cannot answer now says nothing about the grants.
      if (error instanceof VendRefusedError && !closing.aborted) refused(error)
    }
  }
}
