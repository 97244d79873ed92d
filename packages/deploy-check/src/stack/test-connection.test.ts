import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { TestConnection } from './test-connection.js'

/** Tests which responses count as a refusal and which as undecided. Those of a broker are tested with the whole stack in the stand-in. */

let server: Server

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** A server that responds to each handshake with this function. */
async function answering(response: string): Promise<string> {
  server = createServer().on('upgrade', (_, socket) => socket.end(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/mqtt`
}

async function connect(url: string) {
  return (await TestConnection.open(url, 'a')).outcome
}

describe('a handshake', () => {
  it.each([401, 403])('with the response %d is refused', async (status) => {
    const url = await answering(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`)
    expect(await connect(url)).toEqual({ kind: 'refused', how: `HTTP ${status}` })
  })

  it.each([400, 404, 426, 429, 500, 503])('with the response %d is undecided', async (status) => {
    const url = await answering(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`)
    expect(await connect(url)).toEqual({ kind: 'undecided', how: `HTTP ${status}` })
  })

  it('that is cut off is undecided', async () => {
    expect(await connect(await answering(''))).toMatchObject({ kind: 'undecided' })
  })

  it('without a server is undecided', async () => {
    const url = await answering('')
    await new Promise((resolve) => server.close(resolve))
    expect(await connect(url)).toMatchObject({ kind: 'undecided', how: expect.stringContaining('ECONNREFUSED') })
  })
})
