import { expect, it } from '@jest/globals'
import mqtt from 'mqtt'
import { createTlsMaterial } from '../../tls.js'
import { startBridge } from './bridge.js'
import { everything, startTestAccount, userOf } from './test-account.js'

it.each([
  ['mqtt', 4],
  ['mqtt', 5],
  ['mqtts', 5],
] as const)('lets a client that cannot sign in, over %s with protocol level %i', async (protocol, protocolVersion) => {
  await using account = await startTestAccount()
  const tls = await createTlsMaterial()
  const secured = protocol === 'mqtts' ? { tls } : {}
  await using bridge = await startBridge(account, { identity: account.session(everything), ...secured })
  const url = `${protocol}://localhost:${bridge.port}`
  const client = await mqtt.connectAsync(url, { protocolVersion, clientId: 'alice', ca: tls.ca, reconnectPeriod: 0 })
  await client.subscribeAsync('a/b', { qos: 1 })
  const arrived = new Promise<string>((resolve) => {
    client.on('message', (_topic, payload) => resolve(String(payload)))
  })
  await client.publishAsync('a/b', 'hello', { qos: 1 })
  expect(await arrived).toBe('hello')
  await client.endAsync()
  expect(bridge.violations).toEqual([])
})

it('has the identity with which it is started, and only its permissions', async () => {
  await using account = await startTestAccount()
  await using bridge = await startBridge(account, { identity: account.session(userOf('test')) })
  const url = `mqtt://localhost:${bridge.port}`
  const client = await mqtt.connectAsync(url, { protocolVersion: 5, clientId: 'alice', reconnectPeriod: 0 })
  await client.publishAsync('test', 'x', { qos: 1 })
  await expect(client.publishAsync('other', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
  await client.endAsync(true)
})
