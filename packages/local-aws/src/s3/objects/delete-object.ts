import type { Operation } from '../operation.js'

/** Succeeds for an object that does not exist. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export const deleteObject: Operation = ({ buckets, bucket, key, may }) => {
  may('s3:DeleteObject', 'object')
  buckets.delete(bucket, key)
  return { status: 204, body: '' }
}
