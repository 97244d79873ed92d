import { ServiceError } from '../protocols/service-error.js'
import type { StoredObject } from './buckets.js'
import type { Operation, OperationInput } from './operation.js'

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

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const putObject: Operation = async ({ call, buckets, bucket, key, content, may }) => {
  may('s3:PutObject', 'object')
  const contentType = call.headers['content-type'] ?? 'binary/octet-stream'
  const { etag } = await buckets.put(bucket, key, content, { contentType, at: call.now })
  return { status: 200, headers: { etag: `"${etag}"`, 'x-amz-server-side-encryption': 'AES256' }, body: '' }
}

/** Succeeds for an object that does not exist. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export const deleteObject: Operation = ({ buckets, bucket, key, may }) => {
  may('s3:DeleteObject', 'object')
  buckets.delete(bucket, key)
  return { status: 204, body: '' }
}
