import { Repeated } from '../protocols/xml.js'
import { type Operation, xml } from './operation.js'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export const headBucket: Operation = ({ region, may }) => {
  may('s3:ListBucket', 'bucket')
  return { status: 200, headers: { 'x-amz-bucket-region': region }, body: '' }
}

/** Empty for us-east-1. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export const getBucketLocation: Operation = ({ region, may }) => {
  may('s3:GetBucketLocation', 'bucket')
  const { body, ...reply } = xml('LocationConstraint', {})
  return { ...reply, body: String(body).replace('\n', region === 'us-east-1' ? '' : region) }
}

/** S3's default encryption of every bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html */
export const getBucketEncryption: Operation = ({ may }) => {
  may('s3:GetEncryptionConfiguration', 'bucket')
  const Rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }
  return xml('ServerSideEncryptionConfiguration', { Rule })
}

/** ListObjectsV2, without delimiters. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const listObjects: Operation = ({ buckets, bucket, query, may }) => {
  may('s3:ListBucket', 'bucket')
  const prefix = query.get('prefix') ?? ''
  const most = Math.min(Number(query.get('max-keys') ?? 1_000), 1_000)
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const found = buckets.list(bucket).filter(([key]) => key.startsWith(prefix) && key > after)
  const page = found.slice(0, most)
  const isTruncated = found.length > page.length
  return xml('ListBucketResult', {
    Name: bucket,
    Prefix: prefix,
    MaxKeys: most,
    KeyCount: page.length,
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated ? page.at(-1)?.[0] : undefined,
    Contents: new Repeated(
      page.map(([Key, { at, etag, size }]) => ({
        Key,
        LastModified: new Date(at).toISOString(),
        ETag: `"${etag}"`,
        Size: size,
        StorageClass: 'STANDARD',
      })),
    ),
  })
}
