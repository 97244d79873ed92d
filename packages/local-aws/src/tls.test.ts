import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTlsMaterial, type TlsMaterial } from './tls.js'

describe('createTlsMaterial', () => {
  let material: TlsMaterial
  let port: number
  const server = { close: () => {} }

  beforeAll(async () => {
    material = await createTlsMaterial()
    const https = createServer({ key: material.key, cert: material.cert })
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve))
    port = (https.address() as AddressInfo).port
    server.close = () => https.close()
  })
  afterAll(() => server.close())

  const handshake = (host: string, servername: string, ca: string) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host, port, servername, ca })
      socket.once('secureConnect', () => {
        resolve('trusted')
        socket.destroy()
      })
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    })

  it('is trusted for localhost and 127.0.0.1 by clients with its authority', async () => {
    expect(await handshake('127.0.0.1', 'localhost', material.ca)).toBe('trusted')
    expect(new X509Certificate(material.cert).checkIP('127.0.0.1')).toBe('127.0.0.1')
  })

  it('is not trusted for another name, nor by clients with another authority', async () => {
    expect(await handshake('127.0.0.1', 'example.com', material.ca)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    const other = await createTlsMaterial()
    expect(await handshake('127.0.0.1', 'localhost', other.ca)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    expect(new X509Certificate(other.ca).subject).not.toBe(new X509Certificate(material.ca).subject)
  })

  it('lets the server certificate sign nothing', () => {
    expect(new X509Certificate(material.cert).ca).toBe(false)
    expect(new X509Certificate(material.ca).ca).toBe(true)
  })
})
