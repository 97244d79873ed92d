import { describe, expect, it } from '@jest/globals'
import { writePacket } from '../mqtt5/index.js'
import { sdkProperties } from '../platform/node/device-sdk/sdk-properties.js'
import { chosenProperties, type MessageProperties, receivedProperties, withMessageId } from './message-properties.js'

const most = 'x'.repeat(65_535)

/** What decides what MQTT 5 can say: the codec, and beside the device SDK a check of our own. */
const judges = {
  codec: (properties: MessageProperties) =>
    writePacket({
      type: 'publish',
      topic: 't',
      payload: Uint8Array.of(),
      qos: 0,
      retain: false,
      duplicate: false,
      id: 0,
      properties,
    }),
  'device SDK': sdkProperties,
}

describe.each(Object.entries(judges))('the %s', (_, judge) => {
  it.each([
    { responseTopic: 'users/alice/answers' },
    { contentType: most },
    { contentType: '😀' },
    { correlationData: new Uint8Array(65_535) },
    { correlationData: new Uint8Array() },
    { messageExpiryInterval: 0 },
    { messageExpiryInterval: 0xffff_ffff },
    { userProperties: [] },
    { userProperties: [[most, most]] },
    { userProperties: [['', '']] },
  ] satisfies MessageProperties[])('takes what MQTT 5 can say (%#)', (properties: MessageProperties) => {
    expect(() => judge(properties)).not.toThrow()
  })

  it.each([
    ['responseTopic', 'a\0'],
    ['responseTopic', 'a/+'],
    ['responseTopic', '#'],
    ['responseTopic', ''],
    ['contentType', `${most}x`],
    ['contentType', 'é'.repeat(32_768)],
    ['contentType', '\ud800'],
    ['contentType', 5],
    ['contentType', null],
    ['correlationData', new Uint8Array(65_536)],
    ['correlationData', 'text'],
    ['messageExpiryInterval', -1],
    ['messageExpiryInterval', 0.5],
    ['messageExpiryInterval', 2 ** 32],
    ['messageExpiryInterval', Number.NaN],
    ['messageExpiryInterval', '60'],
    ['userProperties', [['a']]],
    ['userProperties', [['a\0', 'b']]],
    ['userProperties', [['a', '\udc00']]],
  ])('refuses what it cannot: %s (%#)', (name, value) => {
    expect(() => judge({ [name]: value } as MessageProperties)).toThrow()
  })
})

describe('the properties among other options', () => {
  it('are those of MQTT 5 that are given', () => {
    const options: MessageProperties & Record<string, unknown> = { qos: 1, timeoutMs: 5, topicAlias: 7 }
    expect(chosenProperties({ contentType: 't', correlationData: Uint8Array.of(1), ...options })).toEqual({
      contentType: 't',
      correlationData: Uint8Array.of(1),
    })
    expect(chosenProperties(options)).toEqual({})
  })
})

describe('the ID of a message', () => {
  const properties: MessageProperties = {
    contentType: 't',
    userProperties: [
      ['z', '1'],
      ['a', ''],
      ['z', '2'],
    ],
  }

  it('travels among the user properties and is not seen there', () => {
    const received = receivedProperties({ ...properties, userProperties: withMessageId(properties) })
    expect(received.id).toMatch(/^[\da-f-]{36}$/u)
    expect(received.properties).toEqual(properties)
  })

  it('is nothing that another publisher needs', () => {
    expect(receivedProperties(properties)).toEqual({ properties })
    expect(receivedProperties({})).toEqual({ properties: {} })
  })
})
