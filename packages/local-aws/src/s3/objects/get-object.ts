import { ServiceError } from '../../protocols/service-error.js'
import type { StoredObject } from '../buckets/buckets.js'
import type { Operation, OperationInput } from '../operation.js'

/** The whole object. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export const getObject: Operation = async (input) => {
  const found = find(input)
  return { status: 200, headers: headersOf(found), body: await input.buckets.content(found) }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const headObject: Operation = (input) => ({ status: 200, headers: headersOf(find(input)), body: '' })

function find({ buckets, bucket, key, may }: OperationInput): StoredObject {
  may('s3:GetObject', 'object')
  const found = buckets.find(bucket, key)
  if (found !== undefined) return found
  // A caller that may not list the bucket must not learn whether the object exists.
  may('s3:ListBucket', 'bucket')
  throw new ServiceError('NoSuchKey', 404, 'The specified key does not exist.')
}

function headersOf({ etag, at, contentType, size }: StoredObject): Record<string, string> {
  return {
    'content-length': String(size),
    etag: `"${etag}"`,
    'last-modified': new Date(at).toUTCString(),
    'content-type': contentType,
  }
}
