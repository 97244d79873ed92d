import { ServiceError } from '../protocols/service-error.js'
import {
  type Call,
  demand,
  type ServiceHandler,
  type ServiceSettings,
  signedService,
} from '../protocols/signed-service.js'
import { renderXml } from '../protocols/xml.js'
import { getBucketEncryption, getBucketLocation, headBucket, listObjects } from './bucket-operations.js'
import type { Buckets } from './buckets.js'
import { readContent } from './content.js'
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from './multipart-operations.js'
import { MultipartUploads } from './multipart-uploads.js'
import { deleteObject, getObject, headObject, putObject } from './object-operations.js'
import { type Operation, xmlType } from './operation.js'

/** An operation by method, target, and the query parameter that identifies it. */
interface Route {
  readonly name: string
  readonly method: string
  readonly on: 'bucket' | 'object'
  readonly query: string | undefined
  readonly operation: Operation
}

const routes: readonly Route[] = [
  on('bucket', 'GetBucketLocation', 'GET', getBucketLocation, 'location'),
  on('bucket', 'GetBucketEncryption', 'GET', getBucketEncryption, 'encryption'),
  on('bucket', 'ListObjectsV2', 'GET', listObjects, 'list-type'),
  on('bucket', 'HeadBucket', 'HEAD', headBucket),
  on('object', 'CreateMultipartUpload', 'POST', createMultipartUpload, 'uploads'),
  on('object', 'UploadPart', 'PUT', uploadPart, 'uploadId'),
  on('object', 'CompleteMultipartUpload', 'POST', completeMultipartUpload, 'uploadId'),
  on('object', 'AbortMultipartUpload', 'DELETE', abortMultipartUpload, 'uploadId'),
  on('object', 'GetObject', 'GET', getObject),
  on('object', 'HeadObject', 'HEAD', headObject),
  on('object', 'PutObject', 'PUT', putObject),
  on('object', 'DeleteObject', 'DELETE', deleteObject),
]

function on(target: Route['on'], name: string, method: string, operation: Operation, query?: string): Route {
  return { on: target, name, method, operation, query }
}

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
  const wanted = key === '' ? 'bucket' : 'object'
  const [telling, ...more] = [...query.keys()].filter((name) => !neutral.test(name))
  if (more.length > 0) return undefined
  return routes.find((one) => one.method === call.method && one.on === wanted && one.query === telling)
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
