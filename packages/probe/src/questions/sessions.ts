import type { ProbeAccount } from '../account.js'
import { packetName } from '../mqtt/packet-name.js'
import type { RawClient } from '../mqtt/raw-client.js'
import type { Keys } from '../target.js'
import { allow, ownTopics, type Question } from './question.js'
import { ofSwitch } from './refusals.js'

const fiveMinutes = 300
/** Milliseconds between two CONNECT packets: AWS IoT accepts one per second from a client ID. */
const oncePerClientId = 1_500
/** More publishes than the 100 that AWS IoT accepts from a connection in a second, and how many are sent without an acknowledgement. */
const publishes = { all: 300, unacknowledged: 50 } as const

function rights(account: ProbeAccount, clientId: string): object[] {
  return allow(account, ownTopics(clientId))
}

/** Connects with a session that outlives the connection, and returns whether the server already had one. */
async function resumed(account: ProbeAccount, keys: Keys, clientId: string) {
  const client = await account.open(keys)
  client.send({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, keepalive: 1200, clean: false, clientId },
    properties: { sessionExpiryInterval: fiveMinutes },
  })
  const connack = await client.next(({ cmd }) => cmd === 'connack')
  return { client, present: connack?.cmd === 'connack' && connack.sessionPresent }
}

/** Publishes faster than the quota, and returns the acknowledgements. */
async function flood(client: RawClient, topic: string, silence: number): Promise<string[]> {
  const answers: string[] = []
  let sent = 0
  for (;;) {
    while (sent < publishes.all && sent - answers.length < publishes.unacknowledged) {
      sent += 1
      client.publish(topic, { messageId: sent })
    }
    const packet = await client.next(({ cmd }) => cmd === 'puback', Math.max(silence, 1_000))
    if (packet === undefined) return answers
    answers.push(packetName(packet))
    if (answers.length === publishes.all) return answers
  }
}

export const sessions: readonly Question[] = [
  ofSwitch('emptyClientIdV3', async (account, note) => {
    const policy = allow(account, { Connect: [`client/${account.prefix}*`, 'client/$GEN/*'] })
    const client = await account.open(await account.assume({ policy }), 4)
    const seen = await client.connect({ clientId: '' })
    note(seen.join(', '))
    return seen[0] === 'connack-0x00' ? 'assign' : 'refuse'
  }),
  ofSwitch('sessionResume', async (account, note) => {
    const clientId = account.name('resumed')
    const connect = async (sessionName: string) =>
      resumed(account, await account.assume({ policy: rights(account, clientId), sessionName }), clientId)
    const first = await connect('first-session')
    first.client.subscribe(`${clientId}/a`)
    await first.client.settle()
    await first.client.cut()
    await account.pause(oncePerClientId)
    const again = await connect('first-session')
    await again.client.cut()
    await account.pause(oncePerClientId)
    const other = await connect('other-session')
    note(`the same principal: ${again.present}, another one: ${other.present}`)
    return other.present ? 'any-principal' : 'same-principal'
  }),
  ofSwitch('redelivery', async (account, note) => {
    const clientId = account.name('redelivered')
    const keys = await account.assume({ policy: rights(account, clientId) })
    const { client: first } = await resumed(account, keys, clientId)
    first.subscribe(`${clientId}/a`)
    await first.next(({ cmd }) => cmd === 'suback')
    first.publish(`${clientId}/a`)
    await first.next(({ cmd }) => cmd === 'publish')
    await first.cut()
    await account.pause(oncePerClientId)
    const { client: second } = await resumed(account, keys, clientId)
    const packet = await second.next(({ cmd }) => cmd === 'publish')
    if (packet?.cmd !== 'publish') return 'it is not sent again'
    note(packet.dup ? 'again, with DUP' : 'again, without DUP')
    return packet.dup ? 'dup' : 'new-packet-id'
  }),
  ofSwitch('sharedReceiveResource', async (account, note) => {
    const received = async (form: 'topic' | 'share') => {
      const clientId = account.name('shared')
      const topic = `${clientId}/t`
      const filter = `$share/group/${topic}`
      const policy = allow(account, {
        Connect: [`client/${clientId}`],
        Publish: [`topic/${topic}`],
        Subscribe: [`topicfilter/${filter}`],
        Receive: [form === 'topic' ? `topic/${topic}` : `topic/${filter}`],
      })
      const client = await account.connected(policy, clientId)
      client.subscribe(filter)
      await client.settle()
      client.publish(topic)
      const seen = await client.settle()
      note(`${form}: ${seen.join(', ')}`)
      return seen.includes('publish')
    }
    const [topic, share] = [await received('topic'), await received('share')]
    if (topic && share) return 'either'
    return topic ? 'topic' : share ? 'share' : 'neither'
  }),
  ofSwitch('subscriptionQuotaExceeded', async (account, note) => {
    const clientId = account.name('many')
    const client = await account.connected(rights(account, clientId), clientId)
    let seen: string[] = []
    for (let begun = 0; begun < 56 && !client.isClosed; begun += 8) {
      const subscriptions = Array.from({ length: 8 }, (_, index) => ({
        topic: `${clientId}/${begun + index}`,
        qos: 0 as const,
      }))
      client.send({ cmd: 'subscribe', messageId: begun + 1, subscriptions })
      seen = await client.settle()
    }
    note(seen.join(', '))
    if (!seen.some((name) => /^suback.*-0x[89]/u.test(name)) && !client.isClosed) return 'no limit at 56'
    return client.isClosed ? 'suback-and-close' : 'suback'
  }),
  ofSwitch('publishQuotaExceeded', async (account, note) => {
    const clientId = account.name('fast')
    const client = await account.connected(rights(account, clientId), clientId)
    const codes = await flood(client, `${clientId}/a`, account.patience.silence)
    note(
      `${codes.length} of ${publishes.all} answered, ${codes.filter((code) => code === 'puback-0x97').length} with 0x97`,
    )
    if (codes.includes('puback-0x97')) return 'puback-0x97'
    return codes.length < publishes.all ? 'discard' : 'no limit at 300 in a row'
  }),
]
