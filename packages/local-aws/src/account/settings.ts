import type { Clock } from '../clock.js'
import type { TypeWildcards } from '../iam/index.js'
import type { Observer, Switches } from '../iot/index.js'
import type { Journal } from '../journal.js'
import type { PlainOriginSettings } from '../plain-origin.js'
import type { SavedAccount } from '../saved/saved-account.js'
import type { PackedPolicyEstimate } from '../sts/index.js'

/** 0 selects a free port. */
export interface Ports {
  readonly iot?: number
  readonly api?: number
  readonly sts?: number
  readonly iam?: number
  readonly dynamodb?: number
  readonly plain?: number
  /** Of the issuer of tokens, which only listens if a port is given. */
  readonly issuer?: number
  /** The port for all services together. */
  readonly endpoint?: number
}

export interface AccountSettings {
  /** The response of the health check. */
  readonly id: string
  readonly region: string
  readonly accountId: string
  readonly clock: Clock
  readonly journal: Journal
  readonly ports: Ports
  /** Whether a deployment runs the triggers that it would wait for. */
  readonly triggers: boolean
  /** Whether a wildcard in the place of a resource type matches. */
  readonly typeWildcards: TypeWildcards
  /** The estimate of the packed size that STS enforces. */
  readonly packedPolicy: PackedPolicyEstimate
  /** Behaviour that AWS IoT's documentation leaves open, if different from the defaults. */
  readonly switches: Partial<Switches>
  /** Further certificate authorities (PEM) that JWT authorizers trust. */
  readonly trust?: string | undefined
  /** Folder of the certificate authority's file. Absent: a temporary folder. */
  readonly caFolder?: string | undefined
  readonly site?: PlainOriginSettings['site'] | undefined
  /** Receives the decisions and messages of the data plane. */
  readonly observer?: Observer | undefined
  /** Resources of unknown types are skipped. */
  readonly ignoreUnknown?: boolean
  /** Folder of files that survive the stand-in: uploads, functions' code. */
  readonly folder?: string | undefined
  /** The state saved when it ended. */
  readonly saved?: SavedAccount | undefined
  /** Called when state that survives the stand-in has changed. */
  readonly changed?: (() => void) | undefined
}
