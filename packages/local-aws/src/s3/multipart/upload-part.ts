import { createHash } from 'node:crypto'
import type { Operation } from '../operation.js'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export const uploadPart: Operation = ({ uploads, bucket, key, query, content, may }) => {
  may('s3:PutObject', 'object')
  uploads.parts(query.get('uploadId'), bucket, key).set(Number(query.get('partNumber')), content)
  const etag = createHash('md5').update(content).digest('hex')
  return { status: 200, headers: { etag: `"${etag}"` }, body: '' }
}
