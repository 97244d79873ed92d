import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fullChromium } from '../testing/chromium/chromium.js'
import { type ChromiumSubject, startChromium } from '../testing/chromium/chromium-subject.js'
import type { Look } from '../testing/session-driver.js'

/** Page, vendor and data plane on the stand-in's plain origin: no certificate, no flag. */
let subject: ChromiumSubject

beforeAll(async () => {
  subject = await startChromium({ plain: true })
}, 120_000)

afterAll(async () => subject[Symbol.asyncDispose]())

let sessions = 0

async function connected(): Promise<string> {
  sessions += 1
  const name = `s${sessions}`
  const options = { ...subject.options, connectIntervalMs: 0, keepAliveSeconds: 30 }
  expect(await subject.driver.connect(name, subject.vendor, options)).toBe('ok')
  return name
}

async function until(name: string, holds: (look: Look) => boolean): Promise<Look> {
  for (;;) {
    const look = await subject.driver.look(name)
    if (holds(look)) return look
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function connectCount({ events }: Look): number {
  return events.filter((event) => event === 'connected' || event === 'resumed').length
}

/** Waits until the broker has no connection of this client ID. */
async function dropped(clientId: string): Promise<void> {
  while (subject.aws.iot.connections().some((one) => one.clientId === clientId)) {
    subject.aws.iot.sweep()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('in an ordinary page', () => {
  it('everything works on one plain origin under a strict Content-Security-Policy, and nothing is stored', async () => {
    const { driver, page, complaints } = subject
    const name = await connected()
    expect(await driver.subscribe(name, 'test')).toBe('ok')
    expect(await driver.publish(name, 'test', 'x')).toBe('ok')
    await until(name, ({ messages }) => messages.length > 0)
    await driver.close(name)
    expect(complaints).toEqual([])
    const stored = await page.evaluate(
      '(async () => [localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length, (await caches.keys()).length])()',
    )
    expect(stored).toEqual([0, 0, '', 0, 0])
  })

  it('a page that is not a secure context gets a separate error', async () => {
    const { driver, page } = subject
    // As in a page over plain http from another machine.
    await page.evaluate("Object.defineProperty(crypto, 'subtle', { configurable: true, value: undefined })")
    expect(await driver.connect('insecure', subject.vendor, subject.options)).toMatch(/^insecure_context: /u)
    await page.evaluate('delete crypto.subtle')
    expect(await driver.connect('secure', subject.vendor, subject.options)).toBe('ok')
    await driver.close('secure')
  })

  it('the error for a WebSocket that does not open says that its cause is a guess', async () => {
    const { driver, vendor } = subject
    const endpoint = 'ws://127.0.0.1:65530'
    const said = await driver.connect('nowhere', vendor, { endpoint, timeoutMs: 1_500 })
    expect(said).toMatch(/^timed_out: .*The WebSocket to 127\.0\.0\.1:65530 did not open.*A guess/u)
  })
})

describe('sleep and wake', () => {
  it('reconnects within two seconds of waking and loses no message, 50 times after 1.5 keep-alive intervals', async () => {
    const { driver, browser, aws } = subject
    const group = browser.process()?.pid
    if (group === undefined) throw new Error('the browser has no process')
    const name = await connected()
    expect(await driver.subscribe(name, 'test')).toBe('ok')
    const { clientId } = await driver.look(name)
    const waits: number[] = []
    let skew = 0
    for (let night = 1; night <= 50; night++) {
      const before = connectCount(await driver.look(name))
      process.kill(-group, 'SIGSTOP')
      // The broker's clock advances while the browser is stopped.
      skew += 46_000
      aws.faults.skewClock(skew)
      await dropped(clientId)
      process.kill(-group, 'SIGCONT')
      const woke = performance.now()
      await until(name, (look) => connectCount(look) > before && look.state === 'connected')
      waits.push(performance.now() - woke)
      expect(await driver.publish(name, 'test', String(night))).toBe('ok')
    }
    const { messages } = await until(name, ({ messages }) => messages.length >= 50)
    expect(messages.map(([, text]) => Number(text))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
    process.stdout.write(`sleep and wake: back after ${Math.max(...waits).toFixed(0)} ms at most\n`)
    expect(Math.max(...waits)).toBeLessThan(2_000)
    aws.faults.skewClock(0)
    await driver.close(name)
  }, 180_000)

  it('a connection that was lost silently is detected when the network is back', async () => {
    const { driver, page, aws } = subject
    const name = await connected()
    const before = await driver.look(name)
    // Packets of the open connection are lost, as on a machine that slept in another network.
    aws.iot.delay(60_000)
    await page.evaluate("dispatchEvent(new Event('online'))")
    const { events } = await until(
      name,
      (look) => look.state === 'interrupted' || connectCount(look) > connectCount(before),
    )
    aws.iot.delay(0)
    expect(events).toContain('interrupted broker_timed_out')
    await until(name, (look) => look.state === 'connected')
    await driver.close(name)
  }, 60_000)

  it('a suspended page disconnects, and reconnects when it is restored', async () => {
    const { driver, page } = subject
    const name = await connected()
    const before = connectCount(await driver.look(name))
    const { clientId } = await driver.look(name)
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    await dropped(clientId)
    subject.aws.faults.skewClock(1_001)
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    await until(name, (look) => connectCount(look) > before && look.state === 'connected')
    expect((await driver.look(name)).events.at(-1)).toBe('resumed')
    subject.aws.faults.skewClock(0)
    await driver.close(name)
  }, 60_000)

  const itWhole = fullChromium === undefined ? it.skip : it

  itWhole(
    'a page that is restored from the back/forward cache reconnects',
    async () => {
      const { driver, page } = subject
      const name = await connected()
      const before = connectCount(await driver.look(name))
      await page.evaluate("addEventListener('pageshow', ({ persisted }) => { globalThis.persisted = persisted })")
      await page.goto(`${subject.aws.endpoints.plain}/elsewhere.html`)
      await page.goBack()
      expect(await page.evaluate('globalThis.persisted')).toBe(true)
      await until(name, (look) => connectCount(look) > before && look.state === 'connected')
      expect(await driver.publish(name, 'test', 'back')).toBe('ok')
      await driver.close(name)
    },
    60_000,
  )
})

it('100 renewals under load lose and repeat no message, and use constant memory', async () => {
  const { driver, page, aws } = subject
  const publisher = await connected()
  const name = await connected()
  expect(await driver.subscribe(name, 'test')).toBe('ok')
  await driver.load(publisher, 'test')
  const devtools = await page.createCDPSession()
  const heap: number[] = []
  for (let turn = 1; turn <= 100; turn++) {
    const { accessKeyId, clientId, ...look } = await driver.look(name)
    aws.faults.expireCredentials(accessKeyId)
    aws.faults.skewClock(turn * 1_001)
    aws.faults.cutSockets(clientId)
    await until(
      name,
      (now) => now.accessKeyId !== accessKeyId && connectCount(now) > connectCount({ accessKeyId, clientId, ...look }),
    )
    if (turn % 10 !== 0) continue
    await devtools.send('HeapProfiler.collectGarbage')
    heap.push((await page.metrics()).JSHeapUsedSize ?? 0)
  }
  await driver.rest(publisher)
  const { acknowledged } = await driver.look(publisher)
  const { messages, events } = await until(name, (look) => look.messages.length >= acknowledged.length)
  const received = messages.map(([, text]) => Number(text))
  expect(received).toEqual(Array.from({ length: received.length }, (_, index) => index))
  expect(events.filter((event) => event === 'renewed')).toHaveLength(100)
  process.stdout.write(
    `100 renewals: ${received.length} messages, heap ${heap.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ')} MB\n`,
  )
  expect(Math.max(...heap) - Math.min(...heap)).toBeLessThan(4_000_000)
  aws.faults.skewClock(0)
  await driver.close(publisher)
  await driver.close(name)
}, 300_000)
