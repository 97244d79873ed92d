import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { readContent } from './content.js'

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

describe('readContent', () => {
  it('takes what was signed by its digest', () => {
    const headers = { 'x-amz-content-sha256': sha256('abc') }
    expect(readContent({ headers, body: Buffer.from('abc') }).toString()).toBe('abc')
    expect(() => readContent({ headers, body: Buffer.from('abd') })).toThrow(/does not match/u)
  })

  it('unwraps chunks with a trailer', () => {
    const headers = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }
    const body = Buffer.from('3\r\nabc\r\n2\r\n\r\n\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n')
    expect(readContent({ headers, body }).toString()).toBe('abc\r\n')
    expect(() => readContent({ headers, body: Buffer.from('3\r\nabc\r\n') })).toThrow(/terminated unexpectedly/u)
  })

  it('refuses kinds that it does not know', () => {
    const headers = { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }
    expect(() => readContent({ headers, body: Buffer.alloc(0) })).toThrow(/STREAMING-AWS4/u)
  })
})
