import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { RefreshTiming } from './credentials/provider.js'
import { type FromVendorOptions, fromVendor, timedProvider } from './from-vendor.js'
import { type Answer, ScriptedVendor, vendedAnswer } from './testing/scripted/scripted-vendor.js'

const hour = 3_600_000
const startTime = Date.parse('2026-11-23T12:00:00Z')
const exampleKeys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

/** A provider with a scripted vendor, a clock that the test controls, and no jitter. */
async function provider(
  answer: (call: number, request: IncomingMessage) => Answer,
  options: Partial<FromVendorOptions & RefreshTiming> = {},
) {
  const vendor = await ScriptedVendor.start(answer)
  const clock = { now: startTime }
  const vendorOptions = { url: vendor.url, ca: vendor.ca, region: 'eu-central-1', credentials: exampleKeys, ...options }
  const credentials = timedProvider(vendorOptions, { now: () => clock.now, random: () => 0, ...options })
  open.push(vendor, { [Symbol.asyncDispose]: async () => credentials.close() })
  return { vendor, clock, credentials }
}

function vend(call: number): Answer {
  return vendedAnswer(call, startTime + hour, startTime)
}

describe('fromVendor', () => {
  it('returns credentials in the format of the AWS SDK v3, with the vended fields', async () => {
    const { credentials } = await provider(vend)
    expect(await credentials()).toMatchObject({
      accessKeyId: 'ASIA1',
      sessionToken: 'token-1',
      expiration: new Date(startTime + hour),
      vended: {
        userId: 'alice',
        clientIdPrefix: 'alice:',
        grants: { publish: ['test'], subscribe: ['test'], retain: [] },
      },
    })
  })

  it('sends one request for concurrent callers, and the next one only when renewal is due', async () => {
    const { vendor, clock, credentials } = await provider(vend)
    const keys = await Promise.all(Array.from({ length: 20 }, async () => (await credentials()).accessKeyId))
    expect(new Set(keys)).toEqual(new Set(['ASIA1']))
    clock.now += 0.8 * hour - 1
    expect((await credentials()).accessKeyId).toBe('ASIA1')
    expect(vendor.calls).toBe(1)
    clock.now += 1
    expect((await credentials()).accessKeyId).toBe('ASIA2')
    expect(vendor.calls).toBe(2)
  })

  it('spreads renewals between 80 and 90 % of the lifetime', async () => {
    const { clock, credentials } = await provider(vend, { random: () => 0.999 })
    await credentials()
    clock.now += 0.89 * hour
    expect((await credentials()).accessKeyId).toBe('ASIA1')
    clock.now += 0.01 * hour
    expect((await credentials()).accessKeyId).toBe('ASIA2')
  })

  it('returns the old credentials while a renewal fails temporarily, until they expire', async () => {
    const { clock, credentials } = await provider((call) => (call === 1 ? vend(1) : { status: 503 }), {
      backoff: { baseMs: 0, capMs: 0, attempts: 3 },
    })
    await credentials()
    clock.now += hour - 1
    expect((await credentials()).accessKeyId).toBe('ASIA1')
    clock.now += 1
    await expect(credentials()).rejects.toMatchObject({ code: 'vendor_unavailable' })
  })

  it.each([429, 500, 502, 503, 504])(
    'retries after %s, up to the number of attempts of the backoff',
    async (status) => {
      const { vendor, credentials } = await provider((call) => (call < 3 ? { status } : vend(call)), {
        backoff: { baseMs: 0, capMs: 0, attempts: 3 },
      })
      expect((await credentials()).accessKeyId).toBe('ASIA3')
      expect(vendor.calls).toBe(3)
    },
  )

  it.each([400, 401, 403, 404, 413])('does not retry after %s', async (status) => {
    const { vendor, credentials } = await provider(() => ({ status, date: startTime }))
    await expect(credentials()).rejects.toMatchObject({ code: 'vend_refused', status })
    expect(vendor.calls).toBe(1)
  })

  it('passes on the message of the vendor', async () => {
    const body = JSON.stringify({
      code: 'not_entitled',
      status: 403,
      title: 'Not entitled',
      detail: 'alice may not subscribe to a/#.',
    })
    const { credentials } = await provider(() => ({ status: 403, body }))
    await expect(credentials()).rejects.toMatchObject({
      message: 'The credential vendor responded with 403: alice may not subscribe to a/#.',
      problem: { code: 'not_entitled' },
    })
  })

  it('fails with a separate error if a renewal returns another user', async () => {
    const { credentials, clock } = await provider((call) => {
      const answer = vendedAnswer(call, startTime + call * hour, startTime)
      return call === 1 ? answer : { ...answer, body: String(answer.body).replace('"alice"', '"alice-2"') }
    })
    expect((await credentials()).vended.userId).toBe('alice')
    clock.now += 0.95 * hour
    await expect(credentials()).rejects.toMatchObject({
      code: 'user_changed',
      value: 'alice-2',
      message: expect.stringContaining('but as alice before'),
      remedy: expect.stringContaining('role_session_name'),
    })
  })

  it.each([
    ['60', 60_000],
    ['2147484', 86_400_000],
    ['99999999999', 86_400_000],
    ['-5', 0],
    ['soon', 0],
  ])('waits at most a day: with Retry-After %s, %i ms', async (retryAfter, least) => {
    const pauses: number[] = []
    const { credentials } = await provider(
      (call) => (call === 1 ? { status: 429, body: '{}', headers: { 'retry-after': retryAfter } } : vend(call)),
      { pause: async (ms) => void pauses.push(ms) },
    )
    await credentials()
    expect(pauses).toEqual([least])
  })

  it('requests new credentials after the current ones were refused, and only then', async () => {
    const { vendor, credentials } = await provider(vend)
    await credentials()
    credentials.invalidate('ASIAother')
    expect((await credentials()).accessKeyId).toBe('ASIA1')
    credentials.invalidate('ASIA1')
    expect((await credentials()).accessKeyId).toBe('ASIA2')
    expect(vendor.calls).toBe(2)
  })

  it('corrects a wrong clock once by the vendor’s Date header', async () => {
    const wrong = 10 * 60_000
    const dates: string[] = []
    const { credentials, clock } = await provider((call, request) => {
      dates.push(String(request.headers['x-amz-date']))
      return call === 1 ? { status: 403, body: '{"message":"Forbidden"}', date: startTime } : vend(call)
    })
    clock.now = startTime + wrong
    expect(await credentials()).toMatchObject({ accessKeyId: 'ASIA2', clockOffset: -wrong })
    expect(dates).toEqual(['20261123T121000Z', '20261123T120000Z'])
  })

  it('fails with clock_skew if correcting the clock does not help', async () => {
    const { vendor, credentials, clock } = await provider(() => ({ status: 403, date: startTime }))
    clock.now = startTime + 10 * 60_000
    await expect(credentials()).rejects.toMatchObject({ code: 'clock_skew' })
    expect(vendor.calls).toBe(2)
  })

  it('sends a bearer token instead of a signature, and a new one with each request', async () => {
    const seen: unknown[] = []
    const { clock, credentials } = await provider(
      (call, request) => {
        seen.push(request.headers.authorization)
        return vend(call)
      },
      { token: async () => `jwt-${seen.length}` },
    )
    await credentials()
    clock.now += hour
    await credentials()
    expect(seen).toEqual(['Bearer jwt-0', 'Bearer jwt-1'])
  })

  it('refuses a response without valid credentials, and does not repeat its content', async () => {
    const { credentials } = await provider(() => ({
      status: 200,
      body: '{"credentials":{"secretAccessKey":"s3cret"}}',
    }))
    const error = await credentials().catch((caught: Error) => caught)
    expect(error).toMatchObject({ code: 'endpoint_wrong' })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('s3cret')
  })

  it('reports an untrusted certificate, an unknown host and an unreachable vendor', async () => {
    const { vendor } = await provider(vend)
    const backoff = { baseMs: 0, capMs: 0, attempts: 1 }
    const ask = (url: string) => fromVendor({ url, credentials: exampleKeys, region: 'eu-central-1', backoff })()
    await expect(ask(vendor.url)).rejects.toMatchObject({ code: 'tls_trust' })
    await expect(ask('https://vendor.invalid/credentials')).rejects.toMatchObject({ code: 'host_not_found' })
    await vendor[Symbol.asyncDispose]()
    await expect(ask(vendor.url)).rejects.toMatchObject({ code: 'vendor_unavailable' })
  })

  it.each(['http://vendor.example/credentials', 'http://localhost.example/credentials', 'localhost', ''])(
    'refuses the URL %j without a request',
    async (url) => {
      await expect(fromVendor({ url })()).rejects.toMatchObject({ code: 'invalid_argument', value: url })
    },
  )

  it('stops waiting when its signal is aborted, and does not affect other callers', async () => {
    const { credentials } = await provider(vend)
    const stop = new AbortController()
    const [stopped, other] = [credentials({ signal: stop.signal }), credentials()]
    stop.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' })
    expect((await other).accessKeyId).toBe('ASIA1')
  })

  describe('in a fleet', () => {
    /** The delays in milliseconds while the vendor answers with these responses, and then vends. */
    async function waits(answers: Answer[], options: Partial<FromVendorOptions>): Promise<number[]> {
      const waited: number[] = []
      const { credentials } = await provider((call) => answers[call - 1] ?? vend(call), {
        random: () => 0.5,
        pause: async (ms) => {
          waited.push(ms)
        },
        ...options,
      })
      await credentials()
      return waited
    }

    it('spreads throttled retries over the period that the program sets', async () => {
      const lambdaLimit = { status: 503, body: '{"message":"Service Unavailable"}' }
      expect(await waits([{ status: 429 }, lambdaLimit], { spreadSeconds: 2_200 })).toEqual([1_100_000, 1_100_000])
    })

    it('uses the backoff after other errors, and without a period', async () => {
      const body = JSON.stringify({
        code: 'sts_unavailable',
        status: 503,
        title: 'STS is not reachable',
        detail: 'STS did not respond.',
      })
      expect(await waits([{ status: 503, body }, { status: 500 }], { spreadSeconds: 2_200 })).toEqual([250, 500])
      expect(await waits([{ status: 429 }, { status: 429 }], {})).toEqual([250, 500])
    })

    const spread = (call: number, spreadSeconds: unknown): Answer => {
      const { body, ...answer } = vend(call)
      return { ...answer, body: JSON.stringify({ ...JSON.parse(String(body)), spreadSeconds }) }
    }

    it('uses the period from the vendor after the first response', async () => {
      const waited: number[] = []
      const { credentials, clock } = await provider((call) => (call === 2 ? { status: 429 } : spread(call, 100)), {
        random: () => 0.5,
        pause: async (ms) => {
          waited.push(ms)
        },
      })
      expect((await credentials()).vended.spreadSeconds).toBe(100)
      clock.now += hour
      await credentials()
      expect(waited).toEqual([50_000])
    })

    it('prefers the period that the program sets', async () => {
      const { credentials } = await provider((call) => spread(call, 100), { spreadSeconds: 7 })
      expect((await credentials()).vended.spreadSeconds).toBe(7)
    })

    it.each([0, -1, 86_401, Number.NaN, 'soon'])('refuses %j from the program and from the vendor', async (seconds) => {
      const refused = fromVendor({ url: 'https://vendor.invalid/', region: 'r', spreadSeconds: seconds as number })
      await expect(refused()).rejects.toMatchObject({ code: 'invalid_argument', value: String(seconds) })
      const { credentials } = await provider((call) => spread(call, Number.isNaN(seconds) ? 1.5 : seconds))
      await expect(credentials()).rejects.toMatchObject({ code: 'endpoint_wrong' })
    })
  })

  it('ends a delay when it is closed, and sends no more requests', async () => {
    const { vendor, credentials } = await provider(() => ({ status: 503 }), {
      pause: async (_, signal) => {
        credentials.close()
        signal.throwIfAborted()
      },
    })
    await expect(credentials()).rejects.toMatchObject({ code: 'session_closed' })
    await expect(credentials()).rejects.toMatchObject({ code: 'session_closed' })
    expect(vendor.calls).toBe(1)
  })
})
