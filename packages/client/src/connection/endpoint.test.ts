import { describe, expect, it } from '@jest/globals'
import { parseEndpoint } from './endpoint.js'

describe('parseEndpoint', () => {
  it.each([
    ['abc-ats.iot.eu-central-1.amazonaws.com', 'abc-ats.iot.eu-central-1.amazonaws.com', 443],
    ['localhost:8443', 'localhost', 8443],
    ['127.0.0.1:1', '127.0.0.1', 1],
  ])('accepts %s', (text, host, port) => {
    expect(parseEndpoint(text)).toEqual({ host, port, plain: false })
  })

  it.each([
    ['ws://127.0.0.1:8448', '127.0.0.1', 8448],
    ['ws://localhost', 'localhost', 80],
  ])('accepts %s without TLS on this machine', (text, host, port) => {
    expect(parseEndpoint(text)).toEqual({ host, port, plain: true })
  })

  it.each([
    '',
    'ws://abc-ats.iot.eu-central-1.amazonaws.com',
    'ws://127.0.0.1.example:8448',
    'ws://localhost.example',
    'wss://localhost',
    'https://abc-ats.iot.eu-central-1.amazonaws.com',
    'host:0',
    'host:65536',
    'host:',
    'a b',
    'host/mqtt',
    '-a',
    'user@host',
  ])('refuses %j', (text) => {
    expect(parseEndpoint(text)).toBeUndefined()
  })
})
