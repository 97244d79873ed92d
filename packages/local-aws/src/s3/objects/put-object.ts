import type { Operation } from '../operation.js'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const putObject: Operation = async ({ call, buckets, bucket, key, content, may }) => {
  may('s3:PutObject', 'object')
  const contentType = call.headers['content-type'] ?? 'binary/octet-stream'
  const { etag } = await buckets.put(bucket, key, content, { contentType, at: call.now })
  return { status: 200, headers: { etag: `"${etag}"`, 'x-amz-server-side-encryption': 'AES256' }, body: '' }
}
