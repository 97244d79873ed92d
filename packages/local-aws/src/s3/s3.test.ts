import { createHash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AccessKey } from '../iam/index.js'
import { openDeployments, type TestDeployments } from '../testing/deployments.js'
import { send } from '../testing/https-client.js'

const bucket = 'cdk-hnb659fds-assets-123456789012-eu-west-1'
let account: TestDeployments
let s3: S3Client
beforeAll(async () => {
  account = await openDeployments()
  s3 = account.clients(account.aws.directory.userKey('admin') as AccessKey).s3
})
afterAll(async () => account[Symbol.asyncDispose]())

async function read(Key: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
  return Body?.transformToString()
}

describe('the bucket for assets', () => {
  it('says where it is and that it encrypts', async () => {
    expect(await s3.send(new GetBucketLocationCommand({ Bucket: bucket }))).toMatchObject({
      LocationConstraint: 'eu-west-1',
    })
    expect(await s3.send(new HeadBucketCommand({ Bucket: bucket }))).toMatchObject({ BucketRegion: 'eu-west-1' })
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket: bucket }))
    expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ])
  })

  it.each(['plain', 'with blanks and ü', 'a/b//c', "odd ~!*'()&=+%2F$@:?#"])(
    'keeps what is put under %j',
    async (Key) => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: `content of ${Key}` }))
      expect(await read(Key)).toBe(`content of ${Key}`)
      const { ContentLength, ETag } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }))
      expect([ContentLength, ETag]).toEqual([
        Buffer.byteLength(`content of ${Key}`),
        `"${createHash('md5').update(`content of ${Key}`).digest('hex')}"`,
      ])
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
      await expect(read(Key)).rejects.toMatchObject({ name: 'NoSuchKey' })
    },
  )

  it('lists by prefix, page by page', async () => {
    for (const Key of ['list/b', 'list/a', 'list/c', 'other'])
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }))
    const first = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'list/', MaxKeys: 2 }))
    expect([first.KeyCount, first.IsTruncated, first.Contents?.map(({ Key }) => Key)]).toEqual([
      2,
      true,
      ['list/a', 'list/b'],
    ])
    const { NextContinuationToken: ContinuationToken } = first
    const second = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'list/', ContinuationToken }))
    expect([second.IsTruncated, second.Contents?.map(({ Key }) => Key)]).toEqual([false, ['list/c']])
  })

  it('takes an object in parts, and is not done before all of them are there', async () => {
    const Key = 'parts'
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }))
    const part = async (PartNumber: number, Body: string) => {
      const { ETag } = await s3.send(new UploadPartCommand({ Bucket: bucket, Key, UploadId, PartNumber, Body }))
      return { PartNumber, ETag }
    }
    const Parts = [await part(1, 'one '), await part(2, 'two')]
    const complete = (parts: object[]) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket: bucket, Key, UploadId, MultipartUpload: { Parts: parts } }))
    await expect(complete([...Parts, { PartNumber: 3, ETag: 'none' }])).rejects.toMatchObject({ name: 'InvalidPart' })
    await expect(read(Key)).rejects.toMatchObject({ name: 'NoSuchKey' })
    await complete(Parts)
    expect(await read(Key)).toBe('one two')
  })

  it('refuses what is not what was signed or declared', async () => {
    const put = (headers: Record<string, string>) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'wrong', Body: 'content', ...headers }))
    await expect(put({ ChecksumSHA256: Buffer.alloc(32).toString('base64') })).rejects.toMatchObject({
      name: 'BadDigest',
    })
    await expect(put({ ContentMD5: Buffer.alloc(16).toString('base64') })).rejects.toMatchObject({ name: 'BadDigest' })
    await expect(read('wrong')).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  it('is closed to who did not sign, who may not, and who asks for another bucket', async () => {
    const { aws } = account
    const unsigned = await send(aws.ca, `${aws.endpoints.endpoint}/${bucket}/list/a`, { method: 'GET' })
    // Without a signature, the service of a request is unknown.
    expect(unsigned.status).toBeGreaterThanOrEqual(400)
    const developer = account.clients(aws.developer).s3
    await expect(developer.send(new GetObjectCommand({ Bucket: bucket, Key: 'list/a' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('s3:GetObject'),
    })
    await expect(s3.send(new ListObjectsV2Command({ Bucket: 'another' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    })
  })

  it('says which operations there are', async () => {
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringMatching(/PutObject, .* not GET .*\?policy/u),
    })
  })
})
