import type { Operation } from '../operation.js'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export const abortMultipartUpload: Operation = ({ uploads, bucket, key, query, may }) => {
  may('s3:AbortMultipartUpload', 'object')
  uploads.parts(query.get('uploadId'), bucket, key)
  uploads.end(query.get('uploadId'))
  return { status: 204, body: '' }
}
