import type { Call, Reply } from '../protocols/signed-service.js'
import { renderXml, type XmlTree } from '../protocols/xml.js'
import type { Buckets } from './buckets.js'
import type { MultipartUploads } from './multipart-uploads.js'

/** The context of an operation. */
export interface OperationInput {
  readonly call: Call
  readonly buckets: Buckets
  readonly uploads: MultipartUploads
  readonly region: string
  /** An existing bucket. */
  readonly bucket: string
  /** Decoded; empty for an operation on the bucket. */
  readonly key: string
  readonly query: URLSearchParams
  /** The uploaded content, unwrapped and verified. */
  readonly content: Buffer
  /** @throws ServiceError if the caller has no permission for the bucket or object */
  may(action: string, on: 'bucket' | 'object'): void
}

/** @throws ServiceError */
export type Operation = (input: OperationInput) => Promise<Reply> | Reply

export const xmlType = { 'content-type': 'application/xml' }
const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** A response with an XML document. */
export function xml(name: string, tree: XmlTree): Reply {
  return { status: 200, headers: xmlType, body: renderXml(name, namespace, tree) }
}
