import type { Directory } from '../iam/index.js'
import type { QueryOperation, UnsignedQueryOperation } from '../protocols/query-service.js'
import type { PackedPolicyEstimate } from './packed-policy.js'

interface StsContext {
  readonly directory: Directory
  /** The estimate for the packed size. */
  readonly packedPolicy: PackedPolicyEstimate
}

/** The context of an operation. */
export type Operation = (call: Parameters<QueryOperation>[0] & StsContext) => ReturnType<QueryOperation>

export type UnsignedOperation = (
  asked: Parameters<UnsignedQueryOperation>[0] & StsContext,
) => ReturnType<UnsignedQueryOperation>
