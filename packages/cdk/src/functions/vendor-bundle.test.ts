import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { type FakeSts, startFakeSts, vended } from '@topic-credentials/credential-vendor/testing'
import { parseVendResponse } from '@topic-credentials/grants'
import { requireContract } from '@topic-credentials/grants/testing/contract'
import { writeFunction } from './function-code.js'

// On a busy machine the work takes longer than Jest's default timeout.
jest.setTimeout(120_000)

const entitlements = { entitlements: [{ publish: ['test'], subscribe: ['test'] }] }
function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'vendor-bundle-'))
}
function read(folder: string): string {
  return readFileSync(join(folder, 'index.mjs'), 'utf8')
}

describe('the vendor’s code', () => {
  const folder = newFolder()
  let bytes = 0
  beforeAll(() => {
    bytes = writeFunction('vendor', { folder, entitlements }).bytes
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is one module of less than 215 KB, with the entitlements beside it', () => {
    expect(Buffer.byteLength(read(folder))).toBe(bytes)
    expect(bytes).toBeLessThan(215_000)
    expect(JSON.parse(readFileSync(join(folder, 'entitlements.json'), 'utf8'))).toEqual(entitlements)
  })

  it('has the same bytes in each build, and no local paths', () => {
    const again = newFolder()
    writeFunction('vendor', { folder: again, entitlements })
    expect(read(again)).toBe(read(folder))
    rmSync(again, { recursive: true })
    expect(read(folder)).not.toContain(process.cwd())
  })

  it.each([
    ['the credential provider chain', /AWS_WEB_IDENTITY_TOKEN_FILE|credential_process|sso_start_url/u],
    ['signatures for several Regions', /signature-v4-crt/u],
    ['SHA-256 in JavaScript', /1779033703/u],
    ['code for concurrent requests', /AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA/u],
    ['node:process, which is slow to import', /['"]node:process['"]/u],
  ])('does not contain %s', (_, sign) => {
    expect(read(folder)).not.toMatch(sign)
  })

  describe('in a separate process', () => {
    let sts: FakeSts
    beforeAll(async () => {
      sts = await startFakeSts()
    })
    afterAll(async () => sts[Symbol.asyncDispose]())

    const environment = {
      ROLE_ARN: 'arn:aws:iam::123456789012:role/sts-sample-role',
      IOT_ENDPOINT: 'x-ats.iot.eu-west-1.amazonaws.com',
      API_ID: 'api',
      PROVERS: 'iam',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'vendor',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'function-secret-that-no-log-may-show',
    }

    /** Calls the handler as Lambda does. @returns the response and the output of the process */
    async function invoke(event: object, overrides: Record<string, string> = {}) {
      const answer = join(folder, 'answer.json')
      writeFileSync(
        join(folder, 'invoke.mjs'),
        `import { writeFileSync } from 'node:fs'
        const { handler } = await import('./index.mjs')
        const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 10_000 }
        writeFileSync('answer.json', JSON.stringify(await handler(${JSON.stringify(event)}, context)))`,
      )
      const env = { ...environment, AWS_ENDPOINT_URL_STS: sts.url, ...overrides }
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ['invoke.mjs'], { cwd: folder, env })
      const answered = JSON.parse(readFileSync(answer, 'utf8')) as Parameters<typeof requireContract>[1]
      requireContract('POST /credentials', answered)
      const { statusCode, body } = answered
      return { statusCode, json: JSON.parse(body) as Record<string, unknown>, output: stdout + stderr }
    }

    const event = {
      routeKey: 'POST /credentials',
      body: '{"subscribe":["test"]}',
      requestContext: { apiId: 'api', authorizer: { iam: { userArn: 'arn:aws:iam::123456789012:user/alice' } } },
    }

    it('vends, and logs no secret', async () => {
      const { statusCode, json, output } = await invoke(event)
      expect(statusCode).toBe(200)
      expect(parseVendResponse(json).credentials).toEqual(vended)
      expect(sts.asked.at(-1)?.get('SourceIdentity')).toBe('alice')
      expect(output).toContain('"outcome":"vended"')
      expect(output).toContain('"FunctionName":"vendor","Vended":1')
      expect(output).not.toMatch(/that-no-log-may-show/u)
    })

    it('writes the message of STS only to the log', async () => {
      sts.answer = { status: 403, error: 'AccessDenied' }
      const { statusCode, json, output } = await invoke(event)
      sts.answer = 'credentials'
      expect({ statusCode, code: json.code }).toEqual({ statusCode: 502, code: 'sts_refused' })
      expect(output).toContain('AccessDenied by the fake')
      expect(JSON.stringify(json)).not.toContain('by the fake')
    })

    it('tries a throttled call three times, then returns the time of the next attempt', async () => {
      sts.answer = { status: 400, error: 'Throttling' }
      const before = sts.asked.length
      const { statusCode, json } = await invoke(event)
      sts.answer = 'credentials'
      expect({ statusCode, code: json.code }).toEqual({ statusCode: 429, code: 'throttled' })
      expect(sts.asked.length - before).toBe(3)
    })

    it('does not start without its role', async () => {
      await expect(invoke(event, { ROLE_ARN: '' })).rejects.toThrow('Environment variable ROLE_ARN is not set.')
    })
  })
})
