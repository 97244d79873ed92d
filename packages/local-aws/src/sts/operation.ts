import type { AccessKey, ConditionContext, Directory } from '../iam/index.js'
import type { JournalEntry } from '../journal.js'
import type { XmlTree } from '../protocols/xml.js'
import type { PackedPolicyEstimate } from './packed-policy.js'

/** What an operation gets to work with. */
export interface OperationInput {
  readonly parameters: URLSearchParams
  readonly directory: Directory
  /** The time of the request, in milliseconds since the epoch. */
  readonly now: number
  /** What the packed size is estimated by. */
  readonly packedPolicy: PackedPolicyEstimate
  /** What the connection says about the request: `aws:SourceIp`, `aws:RequestedRegion`, `aws:UserAgent`. */
  readonly context: ConditionContext
}

export interface OperationOutput {
  readonly result: XmlTree
  /** For the journal; no secret. */
  readonly fields?: NonNullable<JournalEntry['fields']>
}

/** An operation that only signed requests reach; `caller` is whose signature was verified. @throws StsError */
export type Operation = (input: OperationInput & { readonly caller: AccessKey }) => OperationOutput

/** An operation that brings its own proof of who asks. @throws StsError */
export type UnsignedOperation = (input: OperationInput) => Promise<OperationOutput & { readonly principal: string }>
