import { renderXml } from '../../protocols/xml.js'
import { namespace, type Operation, xmlType } from '../operation.js'

/** Empty for us-east-1. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export const getBucketLocation: Operation = ({ region, may }) => {
  may('s3:GetBucketLocation', 'bucket')
  const where = region === 'us-east-1' ? '' : region
  const body = renderXml('LocationConstraint', namespace, {}).replace(/\n/u, where)
  return { status: 200, headers: xmlType, body }
}
