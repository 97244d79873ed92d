import { createHash } from 'node:crypto'
import { ServiceError } from '../protocols/service-error.js'
import { type Operation, xml } from './operation.js'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export const createMultipartUpload: Operation = ({ uploads, bucket, key, may }) => {
  may('s3:PutObject', 'object')
  return xml('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: uploads.begin(bucket, key) })
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export const uploadPart: Operation = ({ uploads, bucket, key, query, content, may }) => {
  may('s3:PutObject', 'object')
  uploads.parts(query.get('uploadId'), bucket, key).set(Number(query.get('partNumber')), content)
  const etag = createHash('md5').update(content).digest('hex')
  return { status: 200, headers: { etag: `"${etag}"` }, body: '' }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export const completeMultipartUpload: Operation = async ({ call, buckets, uploads, bucket, key, query, may }) => {
  may('s3:PutObject', 'object')
  const id = query.get('uploadId')
  const parts = uploads.parts(id, bucket, key)
  const chunks = (await partNumbers(call.body)).map((number) => {
    const part = parts.get(number)
    if (part !== undefined) return part
    throw new ServiceError('InvalidPart', 400, 'One or more of the specified parts could not be found.')
  })
  const about = { contentType: 'binary/octet-stream', at: call.now }
  const { etag } = await buckets.put(bucket, key, Buffer.concat(chunks), about)
  uploads.end(id)
  return xml('CompleteMultipartUploadResult', { Bucket: bucket, Key: key, ETag: `"${etag}"` })
}

/** The parts of the object, in order. */
async function partNumbers(body: Buffer): Promise<number[]> {
  const { XMLParser } = await import('fast-xml-parser')
  const parser = new XMLParser({ isArray: (name) => name === 'Part', processEntities: false })
  const read = parser.parse(body) as { CompleteMultipartUpload?: { Part?: { PartNumber?: number }[] } }
  const numbers = (read.CompleteMultipartUpload?.Part ?? []).map(({ PartNumber }) => Number(PartNumber))
  if (numbers.length > 0 && numbers.every((number, index) => number > (numbers[index - 1] ?? 0))) return numbers
  throw new ServiceError('InvalidPartOrder', 400, 'The list of parts was not in ascending order.')
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export const abortMultipartUpload: Operation = ({ uploads, bucket, key, query, may }) => {
  may('s3:AbortMultipartUpload', 'object')
  uploads.parts(query.get('uploadId'), bucket, key)
  uploads.end(query.get('uploadId'))
  return { status: 204, body: '' }
}
