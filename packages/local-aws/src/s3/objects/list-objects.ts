import { Repeated, renderXml } from '../../protocols/xml.js'
import { namespace, type Operation, xmlType } from '../operation.js'

/** ListObjectsV2, without delimiters. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const listObjects: Operation = ({ buckets, bucket, query, may }) => {
  may('s3:ListBucket', 'bucket')
  const prefix = query.get('prefix') ?? ''
  const most = Math.min(Number(query.get('max-keys') ?? 1_000), 1_000)
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const found = buckets.list(bucket).filter(([key]) => key.startsWith(prefix) && key > after)
  const page = found.slice(0, most)
  const isTruncated = found.length > page.length
  const body = renderXml('ListBucketResult', namespace, {
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
  return { status: 200, headers: xmlType, body }
}
