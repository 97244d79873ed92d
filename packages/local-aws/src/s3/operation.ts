import type { Call, Reply } from '../protocols/signed-service.js'
import type { Buckets } from './buckets/buckets.js'
import type { MultipartUploads } from './multipart/multipart-uploads.js'

/** What an operation gets to work with. */
export interface OperationInput {
  readonly call: Call
  readonly buckets: Buckets
  readonly uploads: MultipartUploads
  readonly region: string
  /** It exists. */
  readonly bucket: string
  /** Decoded; empty for an operation on the bucket. */
  readonly key: string
  readonly query: URLSearchParams
  /** What was uploaded, without its framing, and held against its checksums. */
  readonly content: Buffer
  /** @throws ServiceError unless the caller may do this with the bucket, or with the object */
  may(action: string, on: 'bucket' | 'object'): void
}

/** @throws ServiceError */
export type Operation = (input: OperationInput) => Promise<Reply> | Reply

export const xmlType = { 'content-type': 'application/xml' }
export const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'
