import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { LocalAws } from '@topic-credentials/local-aws'
import type { ConnectOptions, FromVendorOptions } from '../index.js'
import type { Look, SessionDriver, ShownProperties } from './session-driver.js'

/** One of each, with details that are easily lost: bytes that are not UTF-8, an order, a repeated name. */
const properties: ShownProperties = {
  responseTopic: 'users/developer/answers',
  correlationData: [0, 255, 0x80],
  messageExpiryInterval: 3_600,
  contentType: 'text/plain; charset=utf-8',
  userProperties: [
    ['z', '1'],
    ['a', '😀'],
    ['z', ''],
  ],
}

/** An environment in which sessions run, and the stand-in that they use. */
export interface Subject extends AsyncDisposable {
  readonly aws: LocalAws
  readonly driver: SessionDriver
  readonly vendor: FromVendorOptions
  /** The transport, and the options for reaching the stand-in. */
  readonly options: Omit<ConnectOptions, 'credentials' | 'signal'>
  /** Whether the transport detects repeated messages. */
  readonly tellsRepetitions: boolean
  /** Number of consecutive expiries: the device SDK's MQTT 3.1.1 client waits a second before it reconnects, then two, then four. */
  readonly expiries: number
}

/** The guarantees of the client over a transport: the rows of the README's table. */
export function guarantees(transport: string, start: () => Promise<Subject>): void {
  describe(`over ${transport}`, () => {
    let subject: Subject
    let clients = 0
    let skew = 0

    beforeAll(async () => {
      subject = await start()
    }, 120_000)

    afterEach(() => subject.aws.faults.skewClock(0))

    afterAll(async () => subject[Symbol.asyncDispose]())

    /** Connects a session and returns its name. */
    async function connected(
      options: Subject['options'] = {},
      vendor: Partial<FromVendorOptions> = {},
    ): Promise<string> {
      clients += 1
      const name = `s${clients}`
      const { driver } = subject
      const all = { ...subject.options, connectIntervalMs: 0, ...options }
      expect(await driver.connect(name, { ...subject.vendor, ...vendor }, all)).toBe('ok')
      return name
    }

    async function until(name: string, holds: (look: Look) => boolean): Promise<Look> {
      for (;;) {
        const look = await subject.driver.look(name)
        if (holds(look)) return look
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }

    /** AWS accepts one CONNECT per second from a client ID: the test advances the broker's clock instead of waiting. */
    function aSecondLater(): void {
      skew += 1_001
      subject.aws.faults.skewClock(skew)
    }

    /** Cuts a connection, and waits until it is established again. */
    async function cut(name: string): Promise<Look> {
      const { clientId, events } = await subject.driver.look(name)
      const before = connectCount(events)
      aSecondLater()
      subject.aws.faults.cutSockets(clientId)
      return until(name, (look) => connectCount(look.events) > before)
    }

    it('granted topics work, and others are refused before anything is sent', async () => {
      const { driver } = subject
      const name = await connected()
      expect(await driver.subscribe(name, 'test')).toBe('ok')
      expect(await driver.publish(name, 'test', 'hello')).toBe('ok')
      await until(name, ({ messages }) => messages.length > 0)
      expect((await driver.look(name)).messages).toEqual([['test', 'hello']])
      expect(await driver.subscribe(name, 'other')).toMatch(/^not_granted: .* Granted: /u)
      expect(await driver.publish(name, 'other', 'x')).toMatch(/^not_granted: /u)
      expect((await driver.look(name)).state).toBe('connected')
      expect(await driver.close(name)).toBe('ok')
      expect((await driver.look(name)).events.at(-1)).toBe('closed')
    })

    it.each([0, 1] as const)(
      'properties arrive unchanged, or an error says that MQTT 3.1.1 has none (QoS %s)',
      async (qos) => {
        const { driver, options } = subject
        const name = await connected()
        expect(await driver.subscribe(name, 'test')).toBe('ok')
        for (const [property, value] of Object.entries(properties)) {
          const said = options.mqtt === 3 ? `invalid_argument: MQTT 3.1.1 has no ${property}` : 'ok'
          expect(await driver.publish(name, 'test', property, qos, { [property]: value })).toBe(said)
        }
        expect(await driver.publish(name, 'test', 'none', qos)).toBe('ok')
        const sent = options.mqtt === 3 ? [] : Object.entries(properties)
        const look = await until(name, ({ messages }) => messages.length > sent.length)
        expect(look.messages).toEqual([...sent.map(([property]) => ['test', property]), ['test', 'none']])
        expect(look.properties.map(inWholeHours)).toEqual([
          ...sent.map(([property, value]) => ({ [property]: value })),
          {},
        ])
        await driver.close(name)
      },
    )

    it('no message is lost or repeated over expiries with the connection cut at each', async () => {
      const { driver, aws, expiries, tellsRepetitions } = subject
      const publisher = await connected()
      const name = await connected()
      expect(await driver.subscribe(name, 'test')).toBe('ok')
      await driver.load(publisher, 'test')
      for (let turn = 0; turn < expiries; turn++) {
        const { accessKeyId } = await driver.look(name)
        aws.faults.expireCredentials(accessKeyId)
        expect((await cut(name)).accessKeyId).not.toBe(accessKeyId)
      }
      await driver.rest(publisher)
      const { acknowledged } = await until(publisher, ({ acknowledged }) => acknowledged.length > expiries)
      const sent = acknowledged.length
      const { messages, events } = await until(name, (look) => new Set(numbers(look)).size >= sent)
      const received = numbers({ messages }).slice(0, tellsRepetitions ? undefined : Number.POSITIVE_INFINITY)
      const all = Array.from({ length: Math.max(...received) + 1 }, (_, index) => index)
      expect(tellsRepetitions ? received : [...new Set(received)]).toEqual(all)
      expect(events.filter((event) => event === 'renewed')).toHaveLength(expiries)
      expect(all.length).toBeGreaterThanOrEqual(sent)
      await driver.close(publisher)
      await driver.close(name)
    }, 180_000)

    it.each([true, false])(
      'a restart of the broker ends no session (broker keeps sessions: %s)',
      async (keepSessions) => {
        const { driver, aws } = subject
        const name = await connected()
        expect(await driver.subscribe(name, 'test')).toBe('ok')
        aSecondLater()
        const before = connectCount((await driver.look(name)).events)
        await aws.faults.restartBroker({ keepSessions })
        await until(name, ({ events }) => connectCount(events) > before)
        // Acknowledged after the packets that restore the subscription.
        expect(await driver.subscribe(name, 'users/developer/x')).toBe('ok')
        expect(await driver.publish(name, 'test', 'after')).toBe('ok')
        await until(name, ({ messages }) => messages.some(([, text]) => text === 'after'))
        await driver.close(name)
      },
      60_000,
    )

    it.each([-600_000, 600_000])('a clock that is %s ms wrong is corrected by the vendor’s clock', async (wrong) => {
      const { driver, aws } = subject
      aws.faults.skewClock(wrong)
      const name = await connected()
      expect(await driver.publish(name, 'test', 'x')).toBe('ok')
      await driver.close(name)
    })

    it('the grants of an open session can be replaced repeatedly, each time with one new connection', async () => {
      const { driver } = subject
      const name = await connected({}, { request: { publish: ['test'] } })
      expect(await driver.subscribe(name, 'test')).toMatch(/^not_granted/u)
      const before = (await driver.look(name)).events.length
      const exchanges = 4
      for (let turn = 0; turn < exchanges; turn++) {
        aSecondLater()
        expect(await driver.grant(name, { publish: ['test'], subscribe: ['test'] })).toBe('ok')
      }
      const exchange = ['interrupted connection_lost', 'connecting', 'resumed', 'renewed']
      const since = (await driver.look(name)).events.slice(before)
      expect(since).toEqual(Array.from({ length: exchanges }, () => exchange).flat())
      expect(await driver.subscribe(name, 'test')).toBe('ok')
      await driver.close(name)
    })

    it('a session ends when another connection takes over its client ID', async () => {
      const { driver } = subject
      const first = await connected({ clientIdSuffix: 'same' })
      aSecondLater()
      const second = await connected({ clientIdSuffix: 'same' })
      const { state } = await until(first, (look) => look.state === 'closed' || subject.options.mqtt === 3)
      if (subject.options.mqtt !== 3) {
        expect(state).toBe('closed')
        expect((await driver.look(first)).events.at(-1)).toBe('closed client_id_taken_over')
      }
      await driver.close(first)
      await driver.close(second)
    })

    it('a refusal of the vendor is an error with its reason, and nothing connects', async () => {
      const { driver, vendor, options } = subject
      const credentials = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'wrong' }
      expect(await driver.connect('refused', { ...vendor, credentials }, options)).toMatch(/^vend_refused: .*403/u)
    })

    it('each connection has its own client ID', async () => {
      const { driver } = subject
      const names = [await connected(), await connected()]
      const ids = await Promise.all(names.map(async (name) => (await driver.look(name)).clientId))
      expect(new Set(ids).size).toBe(2)
      for (const name of names) await driver.close(name)
    })
  })
}

function connectCount(events: readonly string[]): number {
  return events.filter((event) => event === 'connected' || event === 'resumed').length
}

function numbers({ messages }: Pick<Look, 'messages'>): number[] {
  return messages.map(([, text]) => Number(text))
}

/** Rounds up to hours, because the broker reduces the expiry while it holds the message. */
function inWholeHours(properties: ShownProperties): ShownProperties {
  const { messageExpiryInterval: seconds } = properties
  return seconds === undefined
    ? properties
    : { ...properties, messageExpiryInterval: Math.ceil(seconds / 3_600) * 3_600 }
}
