import { renderXml } from '../../protocols/xml.js'
import { namespace, type Operation, xmlType } from '../operation.js'

/** S3's default encryption of every bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html */
export const getBucketEncryption: Operation = ({ may }) => {
  may('s3:GetEncryptionConfiguration', 'bucket')
  const Rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }
  return { status: 200, headers: xmlType, body: renderXml('ServerSideEncryptionConfiguration', namespace, { Rule }) }
}
