import type { Directory } from '../iam/index.js'
import type { QueryOperation, UnsignedQueryOperation } from '../protocols/query-service.js'
import type { PackedPolicyEstimate } from './packed-policy.js'

interface StsContext {
  readonly directory: Directory
  /** What the packed size is estimated by. */
  readonly packedPolicy: PackedPolicyEstimate
}

/** What an operation gets to work with. */
export type Operation = (call: Parameters<QueryOperation>[0] & StsContext) => ReturnType<QueryOperation>

export type UnsignedOperation = (
  asked: Parameters<UnsignedQueryOperation>[0] & StsContext,
) => ReturnType<UnsignedQueryOperation>
