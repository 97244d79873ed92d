import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { startLocalAws } from './local-aws.js'
import type { LocalAws } from './local-aws-types.js'
import { type TestAssembly, writeAssembly } from './testing/assembly.js'

let assembly: TestAssembly
let aws: LocalAws

beforeAll(async () => {
  assembly = await writeAssembly({ Resources: {} })
  aws = await startLocalAws({
    assembly: assembly.directory,
    site: async ({ url }, response) => {
      if (url !== '/page') return false
      response.end('a page')
      return true
    },
  })
})

afterAll(async () => {
  await aws.close()
  await assembly[Symbol.asyncDispose]()
})

function port(): number {
  return Number(new URL(aws.endpoints.plain).port)
}

function ask(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: port(), path, headers, agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += String(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode, body }))
    })
      .on('error', reject)
      .end()
  })
}

function upgrade(headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port()}/mqtt`, 'mqtt', { headers })
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode))
    socket.on('error', () => {})
  })
}

describe('one plain origin for browsers of this machine', () => {
  it('answers for the vendor’s API, the data plane and its pages', async () => {
    expect(await ask('/_local/health')).toMatchObject({ status: 200, body: expect.stringContaining(aws.id) })
    expect(await ask('/retainedMessage')).toMatchObject({ status: 403, body: expect.stringContaining('traceId') })
    expect(await ask('/page')).toEqual({ status: 200, body: 'a page' })
  })

  it.each(['127.0.0.1', 'localhost'])('is known as %s', async (name) => {
    expect(await ask('/page', { host: `${name}:${port()}` })).toMatchObject({ status: 200 })
  })

  it.each(['attacker.example', '127.0.0.1.nip.io', 'localhost', '127.0.0.1:1', '[::1]'])(
    'refuses the host name %s, which another site may have pointed here',
    async (host) => {
      expect(await ask('/page', { host })).toMatchObject({ status: 403, body: expect.stringContaining('Host') })
    },
  )

  it.each(['http://localhost:5173', 'http://127.0.0.1:1', 'https://localhost'])(
    'lets pages of %s ask',
    async (origin) => {
      expect(await ask('/page', { origin })).toMatchObject({ status: 200 })
    },
  )

  it.each([
    'https://attacker.example',
    'http://localhost.attacker.example',
    'http://127.0.0.1@attacker.example',
    'null',
  ])('refuses pages of %s, WebSockets too', async (origin) => {
    expect(await ask('/page', { origin })).toMatchObject({ status: 403, body: expect.stringContaining('Origin') })
    expect(await upgrade({ origin })).toBe(403)
  })

  it('judges signatures as the other ports do', async () => {
    const refusals = () => aws.iot.connections().length
    expect(await upgrade({ origin: 'http://localhost:5173' })).toBe(403)
    expect(refusals()).toBe(0)
  })
})
