import type { AccessKey, ConditionContext, Directory } from '../iam/index.js'
import type { JournalEntry } from '../journal.js'
import type { XmlTree } from './query-protocol.js'

/** What an operation gets to work with. */
export interface OperationInput {
  readonly parameters: URLSearchParams
  /** Whose signature was verified. */
  readonly caller: AccessKey
  readonly directory: Directory
  /** What the connection says about the request: `aws:SourceIp`, `aws:RequestedRegion`, `aws:UserAgent`. */
  readonly context: ConditionContext
}

/** One STS operation. @throws StsError */
export type Operation = (input: OperationInput) => {
  readonly result: XmlTree
  /** For the journal; no secret. */
  readonly fields?: NonNullable<JournalEntry['fields']>
}
