import { ServiceError } from '../../protocols/service-error.js'
import { renderXml } from '../../protocols/xml.js'
import { namespace, type Operation, xmlType } from '../operation.js'

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
  const result = { Bucket: bucket, Key: key, ETag: `"${etag}"` }
  return { status: 200, headers: xmlType, body: renderXml('CompleteMultipartUploadResult', namespace, result) }
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
