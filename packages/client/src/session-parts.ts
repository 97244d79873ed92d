import type { VendedIdentity } from './credentials/vendor-options.js'
import type { RecoveryParts } from './recovery/recovery.js'

/** The parts of a session; `connect` assembles them. */
export interface SessionParts extends RecoveryParts {
  readonly mqtt: 3 | 5
  /** The first credentials. */
  readonly identity: VendedIdentity
  /** Where replies arrive; ends with `/`. */
  readonly replyPrefix: string
  /** Milliseconds between two requests to the vendor whether the grants are still valid. */
  readonly revalidateMs: number | undefined
}
