import type { Clock } from '../clock.js'
import type { TypeWildcards } from '../iam/index.js'
import type { Observer, Switches } from '../iot/index.js'
import type { Journal } from '../journal.js'
import type { PlainOriginSettings } from '../plain-origin.js'
import type { SavedAccount } from '../saved/saved-account.js'
import type { PackedPolicyEstimate } from '../sts/index.js'

/** 0 takes any free port. */
export interface Ports {
  readonly iot?: number
  readonly api?: number
  readonly sts?: number
  readonly iam?: number
  readonly dynamodb?: number
  readonly plain?: number
  /** Of the issuer of tokens, which listens only where a port is given. */
  readonly issuer?: number
  /** For all services together. */
  readonly endpoint?: number
}

export interface AccountSettings {
  /** What the health check answers. */
  readonly id: string
  readonly region: string
  readonly accountId: string
  readonly clock: Clock
  readonly journal: Journal
  readonly ports: Ports
  /** Whether a deployment runs what it would wait for. */
  readonly triggers: boolean
  /** Whether a wildcard in the place of a resource type matches. */
  readonly typeWildcards: TypeWildcards
  /** Which estimate of the packed size STS refuses by. */
  readonly packedPolicy: PackedPolicyEstimate
  /** What AWS IoT's documentation leaves open, where it differs from the defaults. */
  readonly switches: Partial<Switches>
  /** PEM that JWT authorizers trust as well. */
  readonly trust?: string
  /** Where the certificate authority's file lies. Absent: in a temporary folder. */
  readonly caFolder?: string
  readonly site?: PlainOriginSettings['site']
  /** Is told what the data plane does. */
  readonly observer?: Observer | undefined
  /** Resource types that are not known are left out. */
  readonly ignoreUnknown?: boolean
  /** Where files are kept that are to outlive the stand-in: uploads, functions' code. */
  readonly folder?: string
  /** What was written down when it ended. */
  readonly saved?: SavedAccount
  /** Called when something has changed that outlives the stand-in. */
  readonly changed?: () => void
}
