import type { VendedCredentialsProvider } from '../credentials/provider.js'
import { VendRefusedError } from '../errors.js'
import { sleep } from '../support/abort.js'

/** Refusals of the broker cause at most one request in this time. */
const soonestMs = 60_000

export interface RevalidationOptions {
  readonly credentials: Pick<VendedCredentialsProvider, 'refresh'>
  /** Undefined: only after a refusal of the broker. */
  readonly everyMs: number | undefined
  readonly closing: AbortSignal
  /** Called if the vendor refuses: the user is revoked, or has lost these grants. */
  readonly refused: (error: VendRefusedError) => void
}

/**
 * Asks the vendor whether the grants of a connection are still valid. A connection outlives its credentials and the revocation of its user:
 * AWS IoT keeps it open and delivers nothing, so a client that only listens would not notice.
 */
export class Revalidation {
  readonly #options: RevalidationOptions
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(options: RevalidationOptions) {
    this.#options = options
    if (options.everyMs !== undefined) void this.#askEvery(options.everyMs).catch(() => {})
  }

  /** Asks now, unless the last request was recent. */
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
      // If the vendor cannot respond, nothing is known about the grants.
      if (error instanceof VendRefusedError && !closing.aborted) refused(error)
    }
  }
}
