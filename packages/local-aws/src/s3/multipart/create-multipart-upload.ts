import { renderXml } from '../../protocols/xml.js'
import { namespace, type Operation, xmlType } from '../operation.js'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export const createMultipartUpload: Operation = ({ uploads, bucket, key, may }) => {
  may('s3:PutObject', 'object')
  const UploadId = uploads.begin(bucket, key)
  const body = renderXml('InitiateMultipartUploadResult', namespace, { Bucket: bucket, Key: key, UploadId })
  return { status: 200, headers: xmlType, body }
}
