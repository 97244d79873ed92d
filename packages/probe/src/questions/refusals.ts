import { switchDefinitions } from '@topic-credentials/local-aws/switches'
import type { ProbeAccount } from '../account.js'
import type { RawClient } from '../mqtt/raw-client.js'
import { isAccepted } from './policies.js'
import { allow, ownTopics, type Question } from './question.js'

type SwitchName = keyof typeof switchDefinitions

/** The question whose answer is a switch of the stand-in. */
export function ofSwitch(name: SwitchName, ask: Question['ask']): Question {
  const { about, default: expected } = switchDefinitions[name]
  return { name, about, expected, ask }
}

/** A client that is allowed to use only topics that begin with its ID. */
async function connected(
  account: ProbeAccount,
  version: 4 | 5,
  extra: Readonly<Record<string, readonly string[]>> = {},
) {
  const clientId = account.name('client')
  const client = await account.connected(allow(account, { ...ownTopics(clientId), ...extra }), clientId, version)
  return { client, clientId, denied: `${account.prefix}-denied` }
}

/** Sends a packet and returns the names of the packets that the server sends afterwards. */
async function after(client: RawClient, note: (line: string) => void, send: (client: RawClient) => void) {
  await client.settle()
  send(client)
  const seen = await client.settle()
  note(seen.join(', ') || 'silence')
  return seen
}

function connectDenied(version: 4 | 5): Question['ask'] {
  return async (account, note) => {
    const policy = allow(account, { Connect: [`client/${account.name('other')}`] })
    const client = await account.open(await account.assume({ policy }), version)
    const seen = await client.connect({ clientId: account.name('refused') })
    note(seen.join(', '))
    return seen.find((name) => name.startsWith('connack')) ?? 'close'
  }
}

export const refusals: readonly Question[] = [
  ofSwitch('v3ConnectDenied', connectDenied(4)),
  ofSwitch('v5ConnectDenied', connectDenied(5)),
  ofSwitch('v3PublishDenied', async (account, note) => {
    const { client, denied } = await connected(account, 4)
    const seen = await after(client, note, () => client.publish(denied))
    return seen.includes('closed') ? 'close' : seen.length === 0 ? 'drop' : seen.join(', ')
  }),
  ofSwitch('v5PublishQos0Denied', async (account, note) => {
    const { client, denied } = await connected(account, 5)
    const seen = await after(client, note, () => client.publish(denied, { qos: 0 }))
    return seen.includes('disconnect-0x87') ? 'disconnect-0x87' : seen.length === 0 ? 'drop' : seen.join(', ')
  }),
  ofSwitch('v5PublishQos1Denied', async (account, note) => {
    const { client, denied } = await connected(account, 5)
    const [first = 'silence', ...more] = await after(client, note, () => client.publish(denied))
    return more.length === 0 ? first : `${first}-and-disconnect`
  }),
  ofSwitch('retainDenied', async (account, note) => {
    const { client, clientId, denied } = await connected(account, 5)
    const [refused = 'silence'] = await after(client, note, () => client.publish(denied))
    const other = client.isClosed ? (await connected(account, 5)).client : client
    const topic = other === client ? `${clientId}/retained` : `${account.prefix}-retained`
    const [first = 'silence'] = await after(other, note, () => other.publish(topic, { retain: true, messageId: 3 }))
    if (first === refused) return 'as-publish'
    return isAccepted([first]) ? 'publish-without-retain' : first
  }),
  ofSwitch('v3SubscribeDenied', async (account, note) => {
    const { client, denied } = await connected(account, 4)
    const seen = await after(client, note, () => client.subscribe(denied))
    return seen[0] === 'closed' ? 'close' : (seen[0] ?? 'silence')
  }),
  ofSwitch('v5SubscribeDenied', async (account, note) => {
    const { client, denied } = await connected(account, 5)
    const [first = 'silence', ...more] = await after(client, note, () => client.subscribe(denied))
    return more.length === 0 ? first : `${first}-and-disconnect`
  }),
  ofSwitch('qos2Subscribe', async (account, note) => {
    const { client, clientId } = await connected(account, 5)
    const seen = await after(client, note, () => client.subscribe(`${clientId}/a`, 2))
    if (seen.includes('suback-0x01')) return 'grant-qos-1'
    return seen.some((name) => name.startsWith('suback')) ? seen.join(', ') : 'no-suback'
  }),
  ofSwitch('reservedTopic', async (account, note) => {
    const topic = `$aws/${account.prefix}/none`
    const { client } = await connected(account, 5, { Publish: [`topic/${topic}`] })
    const seen = await after(client, note, () => client.publish(topic))
    return seen.some((name) => name.startsWith('disconnect') || name === 'closed') ? 'disconnect' : 'deny'
  }),
  ofSwitch('httpDenied', async (account, note) => {
    const policy = allow(account, { Publish: [`topic/${account.prefix}-allowed`] })
    const keys = await account.assume({ policy })
    const [allowed, denied] = [
      await account.publish(keys, `${account.prefix}-allowed`),
      await account.publish(keys, `${account.prefix}-denied`),
    ]
    note(`allowed ${allowed.status}, denied ${denied.status}`)
    return { 403: 'forbidden-403', 401: 'unauthorized-401' }[denied.status] ?? `${denied.status}`
  }),
  ofSwitch('oversizedV5', async (account, note) => {
    const { client, clientId } = await connected(account, 5)
    const payload = Buffer.alloc(128 * 1024 + 1)
    const seen = await after(client, note, () => client.publish(`${clientId}/a`, { payload }))
    return seen.find((name) => name.startsWith('disconnect')) ?? (seen.join(', ') || 'silence')
  }),
]
