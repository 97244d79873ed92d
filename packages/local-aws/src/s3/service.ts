import { ServiceError } from '../protocols/service-error.js'
import {
  type Call,
  demand,
  type ServiceHandler,
  type ServiceSettings,
  signedService,
} from '../protocols/signed-service.js'
import { renderXml } from '../protocols/xml.js'
import type { Buckets } from './buckets/buckets.js'
import { getBucketEncryption } from './buckets/get-bucket-encryption.js'
import { getBucketLocation } from './buckets/get-bucket-location.js'
import { headBucket } from './buckets/head-bucket.js'
import { abortMultipartUpload } from './multipart/abort-multipart-upload.js'
import { completeMultipartUpload } from './multipart/complete-multipart-upload.js'
import { createMultipartUpload } from './multipart/create-multipart-upload.js'
import { MultipartUploads } from './multipart/multipart-uploads.js'
import { uploadPart } from './multipart/upload-part.js'
import { readContent } from './objects/content.js'
import { deleteObject } from './objects/delete-object.js'
import { getObject, headObject } from './objects/get-object.js'
import { listObjects } from './objects/list-objects.js'
import { putObject } from './objects/put-object.js'
import { type Operation, xmlType } from './operation.js'

/** An operation by method, target, and the query parameter that identifies it. */
interface Route {
  readonly name: string
  readonly method: string
  readonly on: 'bucket' | 'object'
  readonly query?: string
  readonly operation: Operation
}

const routes: readonly Route[] = [
  { name: 'GetBucketLocation', method: 'GET', on: 'bucket', query: 'location', operation: getBucketLocation },
  { name: 'GetBucketEncryption', method: 'GET', on: 'bucket', query: 'encryption', operation: getBucketEncryption },
  { name: 'ListObjectsV2', method: 'GET', on: 'bucket', query: 'list-type', operation: listObjects },
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', operation: headBucket },
  { name: 'CreateMultipartUpload', method: 'POST', on: 'object', query: 'uploads', operation: createMultipartUpload },
  { name: 'UploadPart', method: 'PUT', on: 'object', query: 'uploadId', operation: uploadPart },
  {
    name: 'CompleteMultipartUpload',
    method: 'POST',
    on: 'object',
    query: 'uploadId',
    operation: completeMultipartUpload,
  },
  { name: 'AbortMultipartUpload', method: 'DELETE', on: 'object', query: 'uploadId', operation: abortMultipartUpload },
  { name: 'GetObject', method: 'GET', on: 'object', operation: getObject },
  { name: 'HeadObject', method: 'HEAD', on: 'object', operation: headObject },
  { name: 'PutObject', method: 'PUT', on: 'object', operation: putObject },
  { name: 'DeleteObject', method: 'DELETE', on: 'object', operation: deleteObject },
]

/** Query parameters that do not affect the operation. */
const neutral = /^(x-id|prefix|max-keys|continuation-token|start-after|encoding-type|fetch-owner|partNumber|X-Amz-.*)$/u
/** The maximum size of an asset is Lambda's limit: 250 MB. */
const largestBody = 256 * 1024 * 1024

/** The part of S3 that deployments use, in path style. REST-XML: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
export function s3Service(settings: ServiceSettings, buckets: Buckets): ServiceHandler {
  const uploads = new MultipartUploads()
  return signedService(settings, {
    service: 's3',
    largestBody,
    event: (call) => safely(() => find(call)?.name) ?? '',
    async operate(call) {
      const { bucket, key, query } = target(call)
      const route = find(call)
      if (route === undefined) throw unknownOperation(call)
      if (!buckets.has(bucket)) throw new ServiceError('NoSuchBucket', 404, 'The specified bucket does not exist')
      const arn = { bucket: `arn:aws:s3:::${bucket}`, object: `arn:aws:s3:::${bucket}/${key}` }
      const reply = await route.operation({
        call,
        buckets,
        uploads,
        region: settings.region,
        bucket,
        key,
        query,
        content: readContent(call),
        may: (action, on) => demand(call, action, arn[on]),
      })
      return { reply, fields: { bucket, ...(key === '' ? {} : { key }) } }
    },
    refuse: ({ code, status, message }, RequestId) => ({
      status,
      headers: xmlType,
      body: renderXml('Error', '', { Code: code, Message: message, RequestId }).replace(' xmlns=""', ''),
    }),
  })
}

function find(call: Pick<Call, 'method' | 'path' | 'query'>): Route | undefined {
  const { key, query } = target(call)
  const on = key === '' ? 'bucket' : 'object'
  const telling = [...query.keys()].filter((name) => !neutral.test(name))
  return routes.find(
    (route) =>
      route.method === call.method &&
      route.on === on &&
      telling.length <= 1 &&
      (telling[0] ?? undefined) === route.query,
  )
}

function target({ path, query }: Pick<Call, 'path' | 'query'>) {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/su.exec(path) ?? []
  return { bucket: decode(bucket), key: decode(key), query: new URLSearchParams(query) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ServiceError('InvalidURI', 400, "Couldn't parse the specified URI.")
  }
}

function unknownOperation({ method, path, query }: Call): ServiceError {
  const known = routes.map(({ name }) => name).join(', ')
  const asked = `${method} ${path}${query === '' ? '' : `?${query}`}`
  return new ServiceError('NotImplemented', 501, `The stand-in supports ${known} of S3, not ${asked}`)
}

/** An invalid path is refused later, with a response. */
function safely<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
