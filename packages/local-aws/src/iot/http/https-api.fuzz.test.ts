import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  GetRetainedMessageCommand,
  IoTDataPlaneServiceException,
  ListRetainedMessagesCommand,
  ListSubscriptionsCommand,
  PublishCommand,
  SendDirectMessageCommand,
} from '@aws-sdk/client-iot-data-plane'
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { fuzz, fuzzTimeout } from '../../testing/fuzz.js'
import { dataPlaneClient } from '../testing/http-client.js'
import { everything, startTestAccount } from '../testing/test-account.js'

const requests = { subject: 'requests to the HTTPS data plane', cases: 150 }

const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    'witness',
    't',
    'a/b',
    '#',
    '$aws/rules/r',
    '%',
    '%zz',
    '..',
    '\0',
    '[{"a":"1"}]',
    '[{"a":1}]',
    'YQ==',
  ),
)

function given<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined })
}

const message = {
  topic: text,
  payload: fc.uint8Array({ maxLength: 50 }),
  contentType: given(text),
  responseTopic: given(text),
  correlationData: given(text),
  userProperties: given(text),
}
const number = given(fc.oneof(fc.integer({ min: -1, max: 300 }), fc.double()))
const command = fc.oneof(
  fc
    .record({ ...message, qos: number, retain: given(fc.boolean()), messageExpiry: number })
    .map((input) => new PublishCommand(input)),
  fc.record({ ...message, clientId: text, timeout: number }).map((input) => new SendDirectMessageCommand(input)),
  fc.record({ topic: text }).map((input) => new GetRetainedMessageCommand(input)),
  fc.record({ maxResults: number, nextToken: given(text) }).map((input) => new ListRetainedMessagesCommand(input)),
  fc
    .record({ clientId: text, maxResults: number, nextToken: given(text) })
    .map((input) => new ListSubscriptionsCommand(input)),
  fc
    .record({ clientId: text, includeSocketInformation: given(fc.boolean()) })
    .map((input) => new GetConnectionCommand(input)),
  fc.record({ clientId: text }).map((input) => new DeleteConnectionCommand(input)),
)

it(
  'answers any request with a result or a refusal, and sends no client what MQTT forbids',
  async () => {
    await using account = await startTestAccount({
      limits: { connectsPerSecondPerClientId: 1e6, publishesPerSecond: 1e6 },
    })
    const client = dataPlaneClient(account, account.session(everything))
    const open = async () => {
      const witness = await account.open(account.session(everything))
      await witness.connect({ clientId: 'witness', protocolVersion: 5, keepalive: 1200 })
      await witness.subscribe('#')
      return witness
    }
    let witness = await open()
    const property = fc.asyncProperty(command, async (one) => {
      try {
        await client.send(one as PublishCommand)
      } catch (error) {
        // What is no valid HTTP, the SDK does not send.
        if (error instanceof IoTDataPlaneServiceException) expect(error.$metadata.httpStatusCode).toBeLessThan(500)
      }
      witness.unread()
      if (account.iot.connections().length === 0) witness = await open()
      expect(account.journal.splice(0).filter(({ outcome }) => outcome === 'failed')).toEqual([])
    })
    await fuzz(requests, property)
    client.destroy()
  },
  fuzzTimeout(requests),
)
