import { once } from 'node:events'
import { mqtt5 } from 'aws-iot-device-sdk-v2'
import { topic } from '../topic.js'
import { clientConfig, textOf } from './bare-sdk.js'
import type { Subscribe } from './subscriber.js'

/** The plain SDK with static credentials: when the connection ends, the program discards the client and creates a new one. */
export const subscribe: Subscribe = async ({ target, credentials, received, connected }) => {
  const clientId = `${(await credentials()).vended.clientIdPrefix}rebuilt`

  async function build(): Promise<void> {
    const client = new mqtt5.Mqtt5Client(clientConfig(target, await credentials(), clientId))
    client.on('messageReceived', ({ message }) => received(textOf(message)))
    const first = once(client, 'connectionSuccess')
    client.start()
    await first
    await client.subscribe({ subscriptions: [{ topicFilter: topic, qos: 1 }] })
    connected()
    client.once('disconnection', () => {
      client.removeAllListeners()
      client.stop()
      client.close()
      void build()
    })
  }

  await build()
  return clientId
}
