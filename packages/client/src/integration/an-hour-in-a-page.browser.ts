import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type ChromiumSubject, startChromium } from '../testing/chromium/chromium-subject.js'
import { pageClock } from '../testing/chromium/page-clock.js'

const stepMs = 5_000
const stepsOfFiveMinutes = 60

let subject: ChromiumSubject

beforeAll(async () => {
  subject = await startChromium({ plain: true })
}, 120_000)

afterAll(async () => subject[Symbol.asyncDispose]())

/** The state after each five minutes of the page's hour. */
interface Minutes {
  readonly state: string
  readonly accessKeyId: string
  readonly timers: number
}

it('a session of an hour uses constant memory over its renewals, and leaves no timer', async () => {
  const { page, aws, vendor, options } = subject
  await page.evaluateOnNewDocument(pageClock)
  await page.reload()
  const devtools = await page.createCDPSession()
  let skew = 0
  await page.exposeFunction('serverAdvance', (ms: number) => {
    skew += ms
    aws.faults.skewClock(skew)
  })
  const begin = JSON.stringify({ vendor: { ...vendor, request: { durationSeconds: 900 } }, options })
  await page.evaluate(`(async () => {
    const { connect, fromVendor } = await import('/browser.js')
    const { vendor, options } = ${begin}
    globalThis.session = await connect({ ...options, credentials: fromVendor(vendor) })
    globalThis.received = 0
    await session.subscribe('test', { onMessage: () => { received += 1 } }).ready
  })()`)
  const clientId = await page.evaluate<string, []>('session.clientId')
  const heap: number[] = []
  const looks: Minutes[] = []
  for (let minutes = 5; minutes <= 60; minutes += 5) {
    // Each step waits for an acknowledgement, so that pings are answered by the network and not by the clock.
    await page.evaluate(`(async () => {
      for (let step = 0; step < ${stepsOfFiveMinutes}; step++) {
        await session.publish('test', 'x'.repeat(1_000))
        await serverAdvance(${stepMs})
        advance(${stepMs})
      }
    })()`)
    const back = page.evaluate("new Promise((resolve) => session.once('connected', () => resolve('connected')))")
    aws.faults.cutSockets(clientId)
    expect(await back).toBe('connected')
    await devtools.send('HeapProfiler.collectGarbage')
    const { usedSize } = (await devtools.send('Runtime.getHeapUsage')) as { readonly usedSize: number }
    heap.push(usedSize)
    looks.push(
      await page.evaluate<Minutes, []>(
        '({ state: session.state, accessKeyId: session.accessKeyId, timers: timerCount() })',
      ),
    )
  }
  const renewals = new Set(looks.map(({ accessKeyId }) => accessKeyId)).size - 1
  process.stdout.write(
    `an hour: ${renewals} renewals, heap ${heap.map((bytes) => (bytes / 1e6).toFixed(2)).join(' ')} MB\n`,
  )
  expect(looks.map(({ state }) => state)).toEqual(looks.map(() => 'connected'))
  expect(renewals).toBeGreaterThanOrEqual(3)
  expect(await page.evaluate('received')).toBe(12 * stepsOfFiveMinutes)
  const [first = 0, ...later] = heap.slice(1)
  expect(Math.max(...later) - first).toBeLessThan(500_000)
  const timers = looks.map((look) => look.timers)
  expect(Math.max(...timers)).toBeLessThanOrEqual((timers[0] ?? 0) + 1)
  await page.evaluate('session.close()')
  expect(await page.evaluate('timerCount()')).toBe(0)
  aws.faults.skewClock(0)
}, 180_000)
