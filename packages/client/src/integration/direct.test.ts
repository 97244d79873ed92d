import { Agent } from 'node:https'
import { IoTDataPlaneClient, SendDirectMessageCommand } from '@aws-sdk/client-iot-data-plane'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Message } from '../messages/message.js'
import { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

let account: TestAccount
let backend: IoTDataPlaneClient

beforeAll(async () => {
  account = await TestAccount.start()
  const statement = { Effect: 'Allow', Action: 'iot:SendDirectMessage', Resource: '*' }
  const { accessKeyId, secretAccessKey } = account.aws.createUser('backend', {
    Version: '2012-10-17',
    Statement: [statement],
  })
  backend = new IoTDataPlaneClient({
    region: account.aws.region,
    endpoint: `https://${account.aws.endpoints.iot}`,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { httpsAgent: new Agent({ ca: account.aws.ca }) },
  })
})

afterAll(async () => {
  backend.destroy()
  await account[Symbol.asyncDispose]()
})

describe.each(nodeTransports)('a direct message, over $name', ({ options }) => {
  it('goes to a matching subscription, otherwise to the listener of the event, and waits for the first one', async () => {
    const session = await account.connect(options)
    const send = (payload: string, topic = 'test') =>
      backend.send(
        new SendDirectMessageCommand({
          clientId: session.clientId,
          topic,
          payload: Buffer.from(payload),
          confirmation: true,
        }),
      )
    await send('before the listener')
    const heard: string[] = []
    await new Promise<void>((resolve) => {
      session.on('direct', (message: Message) => {
        heard.push(message.text())
        if (heard.length === 1) void send('listening')
        if (heard.length === 2) resolve()
      })
    })
    const messages = session.subscribe('test')
    await messages.ready
    await send('subscribed')
    for await (const message of messages) {
      expect(message.text()).toBe('subscribed')
      break
    }
    expect(heard).toEqual(['before the listener', 'listening'])
  }, 60_000)
})
