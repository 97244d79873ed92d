import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ConnectOptions } from '../connect.js'
import { TopicCredentialsError } from '../errors.js'
import { fromVendor } from '../from-vendor.js'
import { TestAccount } from '../testing/account/test-account.js'
import { drip, HostileServer } from '../testing/servers/hostile-server.js'
import { nodeTransports } from '../testing/transports.js'

/** Vendors and brokers that stall, send byte by byte, announce wrong lengths or close half of a connection: the client fails in time. */

const deadlineMs = 2_000
/** Additional time for a busy machine with more than twenty TLS connections at once. */
const slackMs = 25_000

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'

const vendors: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['sends nothing', () => {}],
  ['stops after its header', (socket) => socket.write(`${head}Content-Length: 500\r\n\r\n{"cred`)],
  ['sends its header byte by byte', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX: y\r\nX: y\r\n')],
  [
    'sends its body byte by byte',
    (socket) => {
      socket.write(`${head}Content-Length: 100000\r\n\r\n`)
      drip(socket, '{')
    },
  ],
  ['announces more than it sends', (socket) => socket.end(`${head}Content-Length: 500\r\n\r\n{}`)],
  ['sends more than it announces', (socket) => socket.write(`${head}Content-Length: 2\r\n\r\n{}{}{}{}`)],
  ['announces a negative length', (socket) => socket.write(`${head}Content-Length: -5\r\n\r\n{}`)],
  ['sends half a chunk', (socket) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\nff\r\n{}`)],
  ['closes its half immediately', (socket) => socket.end()],
  ['resets the connection', (socket) => socket.destroy()],
  ['uses another protocol', (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')],
]

describe('a vendor that', () => {
  it.each(vendors)('%s causes an error in time', async (_, treat) => {
    await using server = await HostileServer.start(treat)
    const credentials = fromVendor({
      url: `https://localhost:${server.port}/credentials`,
      ca: server.ca,
      token: 't',
      timeoutMs: deadlineMs,
      backoff: { baseMs: 1, capMs: 1, attempts: 1 },
    })
    const began = performance.now()
    const error = await credentials().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(TopicCredentialsError)
    expect(['vendor_timed_out', 'vendor_unavailable', 'endpoint_wrong']).toContain((error as { code: unknown }).code)
    expect(performance.now() - began).toBeLessThan(deadlineMs + slackMs)
    credentials.close()
  })

  it('stalled is asked again, and an earlier request does not block a renewal', async () => {
    let calls = 0
    await using server = await HostileServer.start((socket) => {
      calls += 1
      socket.write(`${head}Content-Length: 500\r\n\r\n{"cred`)
    })
    const credentials = fromVendor({
      url: `https://localhost:${server.port}/credentials`,
      ca: server.ca,
      token: 't',
      timeoutMs: 300,
      backoff: { baseMs: 1, capMs: 1, attempts: 2 },
    })
    await expect(credentials()).rejects.toMatchObject({ code: 'vendor_timed_out' })
    await expect(credentials()).rejects.toMatchObject({ code: 'vendor_timed_out' })
    expect(calls).toBe(4)
    credentials.close()
  }, 60_000)
})

const brokers: readonly (readonly [string, (socket: Socket) => void, boolean?])[] = [
  ['does not use TLS', () => {}, true],
  ['does not answer the handshake', () => {}],
  ['sends its response to the handshake byte by byte', (socket) => drip(socket, `${upgrade}X: y\r\n`)],
  ['answers with an invalid handshake', (socket) => socket.write(`${upgrade}Sec-WebSocket-Accept: no\r\n\r\n`)],
  ['closes its half immediately', (socket) => socket.end()],
  ['resets the connection', (socket) => socket.destroy()],
  ['answers 200', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')],
]

it('an aborted check of a certificate throws no uncaught error', async () => {
  const { checkTrust } = await import('../platform/node/handshake-probe.js')
  for (const [, treat] of brokers) {
    await using server = await HostileServer.start(treat)
    const off = new AbortController()
    const route = { ca: server.ca, trusted: 'nothing', proxy: undefined }
    const looking = checkTrust({ host: 'localhost', port: server.port, plain: false }, route, off.signal)
    const looked = looking.catch(() => {})
    await server.reached
    off.abort()
    await looked
    await new Promise((resolve) => setImmediate(resolve))
  }
})

describe('a broker that', () => {
  let account: TestAccount

  beforeAll(async () => {
    account = await TestAccount.start()
  })

  afterAll(async () => {
    await account[Symbol.asyncDispose]()
  })

  const attempt = async (options: Partial<ConnectOptions>, treat: (socket: Socket) => void, plain?: boolean) => {
    await using server = await HostileServer.start(treat, plain)
    const credentials = account.credentials()
    await credentials()
    const began = performance.now()
    const endpoint = `localhost:${server.port}`
    const error = await account
      .connect({ ...options, credentials, endpoint, ca: server.ca, timeoutMs: deadlineMs })
      .catch((caught: unknown) => caught)
    return { error, ms: performance.now() - began }
  }

  it.each(nodeTransports)(
    'does any of these causes an error in time, over $name',
    async ({ options }) => {
      const outcomes = await Promise.all(
        brokers.map(async ([name, treat, plain]) => ({ name, ...(await attempt(options, treat, plain)) })),
      )
      for (const { name, error, ms } of outcomes) {
        expect([name, error]).toEqual([name, expect.any(TopicCredentialsError)])
        expect(ms).toBeLessThan(deadlineMs + slackMs)
      }
    },
    60_000,
  )
})
