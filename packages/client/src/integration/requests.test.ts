import { expect, it } from '@jest/globals'
import { TokenAccount } from '../testing/account/token-account.js'
import { nodeTransports } from '../testing/transports.js'

/** Requests between users who do not trust each other. Their grants come from the entitlements, and vendor and broker enforce them. */

const entitlements = {
  entitlements: [
    { when: { userId: ['alice', 'bob'] }, request: ['devices/+/ask'] },
    { when: { userId: 'device' }, subscribe: ['devices/d/ask'], publish: ['replies/+/#', 'devices/d/state'] },
    // Has grants to publish to all reply topics, as every responder has, and to send requests, but not to receive replies.
    { when: { userId: 'mallory' }, publish: ['replies/+/#', 'devices/d/ask'], subscribe: ['devices/d/state'] },
  ],
}
const account = new TokenAccount(entitlements)

it.each(nodeTransports)(
  'a request is answered over $name, or an error says what MQTT 3.1.1 lacks',
  async ({ options }) => {
    const device = await account.connectAs('device')
    const alice = await account.connectAs('alice', options)
    await device.respond('devices/d/ask', async (request) => ({ heard: request.text() }))
    const reply = alice.request('devices/d/ask', 'hello')
    if (options.mqtt === 3) {
      await expect(reply).rejects.toMatchObject({
        code: 'invalid_argument',
        message: 'MQTT 3.1.1 has no responseTopic',
      })
    } else {
      expect(await (await reply).json()).toEqual({ heard: 'hello' })
    }
  },
)

it('a forged reply from a user with a grant for the reply topic is dropped; one with the request’s bits is accepted', async () => {
  const [device, alice, mallory] = await Promise.all([
    account.connectAs('device'),
    account.connectAs('alice'),
    account.connectAs('mallory'),
  ])
  let reveal = false
  await device.respond('devices/d/ask', async ({ correlationData = new Uint8Array(), responseTopic = '' }) => {
    // The broker accepts and acknowledges these messages, because the topic is granted to mallory.
    await mallory.publish(responseTopic, 'forged')
    const bits = reveal ? correlationData : crypto.getRandomValues(new Uint8Array(16))
    await mallory.publish(responseTopic, 'forged', { correlationData: bits })
    return 'true'
  })
  expect((await alice.request('devices/d/ask', 'x')).text()).toBe('true')
  expect(alice.replies.dropped).toBe(2)
  // Only the unknown bits protect the request.
  reveal = true
  expect((await alice.request('devices/d/ask', 'x')).text()).toBe('forged')
})

it('a response topic outside the declared filter is refused and counted, although it is granted to the responder', async () => {
  const [device, alice, mallory] = await Promise.all([
    account.connectAs('device'),
    account.connectAs('alice'),
    account.connectAs('mallory'),
  ])
  const states: string[] = []
  const state = mallory.subscribe('devices/d/state', { onMessage: (message) => states.push(message.text()) })
  const [response] = await Promise.all([device.respond('devices/d/ask', (request) => request.text()), state.ready])
  await mallory.publish('devices/d/ask', 'written by mallory', { responseTopic: 'devices/d/state' })
  // This request is answered after the earlier one.
  expect((await alice.request('devices/d/ask', 'x')).text()).toBe('x')
  await device.publish('devices/d/state', 'on')
  while (states.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect({ states, refused: response.refused, answered: response.answered }).toEqual({
    states: ['on'],
    refused: 1,
    answered: 1,
  })
})

it('a request without a grant for the reply is not sent, and the error names the grant; one with `request` is answered', async () => {
  const [device, bob, mallory] = await Promise.all([
    account.connectAs('device'),
    account.connectAs('bob'),
    account.connectAs('mallory'),
  ])
  const heard: string[] = []
  await device.respond('devices/d/ask', (request) => heard.push(request.text()))
  await expect(mallory.request('devices/d/ask', 'from mallory')).rejects.toMatchObject({
    code: 'not_granted',
    message: expect.stringContaining("subscribe 'replies/mallory/#'"),
  })
  await expect(bob.request('devices/d/ask', 'from bob')).resolves.toBeDefined()
  expect(heard).toEqual(['from bob'])
  await expect(bob.respond('devices/d/ask', () => '')).rejects.toMatchObject({ code: 'not_granted' })
  expect(() => bob.subscribe('replies/alice/#')).toThrow(expect.objectContaining({ code: 'not_granted' }))
})
