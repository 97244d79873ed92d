import type { Operation } from '../operation.js'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export const headBucket: Operation = ({ region, may }) => {
  may('s3:ListBucket', 'bucket')
  return { status: 200, headers: { 'x-amz-bucket-region': region }, body: '' }
}
