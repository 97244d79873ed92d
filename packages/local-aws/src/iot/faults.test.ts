import { once } from 'node:events'
import { connect } from 'node:tls'
import { expect, it } from '@jest/globals'
import { resolveSwitches } from './access/switches.js'
import { switchDefinitions } from './index.js'
import { everything, startTestAccount, userOf } from './testing/test-account.js'

it('lists and cuts connections, one or all', async () => {
  await using account = await startTestAccount()
  const clients = new Map<string, Awaited<ReturnType<typeof account.open>>>()
  for (const clientId of ['a', 'b', 'c']) {
    const client = await account.open(account.session(everything, clientId))
    await client.connect({ clientId })
    clients.set(clientId, client)
  }
  await clients.get('a')?.subscribe('t')
  expect(account.iot.connections()).toMatchObject([
    { clientId: 'a', principal: expect.stringMatching(/assumed-role\/.*\/a$/u), mqttVersion: 4, subscriptions: ['t'] },
    { clientId: 'b' },
    { clientId: 'c' },
  ])
  expect(account.iot.cut('b')).toBe(1)
  expect(await clients.get('b')?.closed).toBe(1006)
  expect(account.iot.connections().map(({ clientId }) => clientId)).toEqual(['a', 'c'])
  expect(account.iot.cut()).toBe(2)
  await clients.get('a')?.closed
  await clients.get('c')?.closed
  expect(account.iot.connections()).toEqual([])
  expect(account.iot.cut('nobody')).toBe(0)
})

it('throttles the given number of CONNECTs: CONNACK 0x97 in MQTT 5, and the next one is accepted', async () => {
  await using account = await startTestAccount()
  account.iot.throttle(2)
  for (const reasonCode of [0x97, 0x97, 0]) {
    const client = await account.open(account.session(everything))
    const clientId = `a${reasonCode}-${account.refusals().length}`
    expect(await client.connect({ protocolVersion: 5, clientId })).toMatchObject({ cmd: 'connack', reasonCode })
  }
})

it('limits the CONNECTs of the account per second, for all client IDs together', async () => {
  const now = Date.now()
  await using account = await startTestAccount({ clock: { now: () => now } })
  const connect = async (clientId: string) => {
    const client = await account.open(account.session(everything))
    const { reasonCode } = (await client.connect({ protocolVersion: 5, clientId })) as { reasonCode?: number }
    return reasonCode
  }
  account.iot.limitConnects(2)
  expect([await connect('a'), await connect('b'), await connect('c')]).toEqual([0, 0, 0x97])
  account.iot.limitConnects(undefined)
  expect([await connect('d'), await connect('e'), await connect('f')]).toEqual([0, 0, 0])
})

it('delays what clients send, in order', async () => {
  await using account = await startTestAccount()
  const client = await account.open(account.session(everything))
  await client.connect()
  await client.subscribe('t')
  account.iot.delay(30)
  const before = performance.now()
  client.publish('t', '1')
  client.publish('t', '2')
  // The server's timer cannot fire early by more than its own rounding.
  await client.payloadsUntil('1')
  expect(performance.now() - before).toBeGreaterThan(28)
  account.iot.delay(0)
  client.publish('t', '3')
  expect(await client.payloadsUntil('3')).toEqual(['2', '3'])
  expect(() => account.iot.delay(-1)).toThrow('The delay must be a non-negative number of milliseconds, not -1.')
})

it('leaves nothing behind: no socket, no timer', async () => {
  const count = () => process.getActiveResourcesInfo().filter((one) => /TCP|TLS|Timeout/u.test(one)).length
  const before = count()
  const account = await startTestAccount()
  const client = await account.open(account.session(everything))
  await client.connect({ clean: false })
  await client.subscribe('t')
  const idle = connect({ port: account.iot.port, host: 'localhost', ca: account.ca })
  await once(idle, 'secureConnect')
  idle.on('error', () => undefined)
  const half = await account.open(account.session(everything))
  account.iot.delay(60_000)
  half.sendBytes(Buffer.from([0x10]))
  const ended = once(idle.resume(), 'close')
  await account.iot.close()
  await Promise.all([client.closed, half.closed, ended])
  await account.iot.close()
  expect(count()).toBeLessThanOrEqual(before)
})

it('says which port is taken', async () => {
  await using account = await startTestAccount()
  await expect(startTestAccount({ port: account.iot.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port: account.iot.port,
  })
})

it('has switches with values, confidence and source', () => {
  expect(resolveSwitches()).toMatchObject({ v3ConnectDenied: 'close', credentialExpiry: 'ignore' })
  expect(resolveSwitches({ credentialExpiry: 'deny' }).credentialExpiry).toBe('deny')
  for (const { values, default: chosen, source, about } of Object.values(switchDefinitions)) {
    expect(values).toContain(chosen)
    expect(`${source}${about}`.length).toBeGreaterThan(20)
  }
  expect(() => resolveSwitches({ nonsense: 'x' } as never)).toThrow("No switch is called 'nonsense'. There are: v3Conn")
  expect(() => resolveSwitches({ credentialExpiry: 'x' } as never)).toThrow(
    "Switch credentialExpiry cannot be 'x'. It can be: ignore, disconnect, deny.",
  )
})

it.each([4, 5] as const)('credentials that expire under a connection, protocol level %i', async (protocolVersion) => {
  const outcome = async (credentialExpiry: 'ignore' | 'disconnect' | 'deny') => {
    await using account = await startTestAccount({ switches: { credentialExpiry } })
    const key = account.session(userOf('test'))
    const client = await account.open(key)
    await client.connect({ protocolVersion, keepalive: 1200 })
    await client.subscribe('test')
    client.publish('test', 'before')
    expect(await client.payloadsUntil('before')).toEqual(['before'])
    account.directory.expire(key.accessKeyId)
    client.publish('test', 'after', { qos: 1, messageId: 1 })
    const { cmd, reasonCode } = ((await client.next()) ?? { cmd: 'closed' }) as { cmd: string; reasonCode?: number }
    return [cmd, reasonCode]
  }
  expect((await outcome('ignore'))[0]).toBe('puback')
  expect(await outcome('disconnect')).toEqual(protocolVersion === 5 ? ['disconnect', 0x87] : ['closed', undefined])
  expect(await outcome('deny')).toEqual(protocolVersion === 5 ? ['puback', 0x87] : ['closed', undefined])
})

it('ends a silent connection whose credentials expired, if so switched', async () => {
  await using account = await startTestAccount({ switches: { credentialExpiry: 'disconnect' } })
  const key = account.session(everything)
  const client = await account.open(key)
  await client.connect({ protocolVersion: 5 })
  account.directory.expire(key.accessKeyId)
  await account.iot.sweep()
  expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x87 })
})
