import { describe, expect, it } from '@jest/globals'
import { writePacket } from '../mqtt5/index.js'
import { sdkProperties } from '../platform/node/device-sdk/sdk-properties.js'
import { chosenProperties, type MessageProperties, receivedProperties, withMessageId } from './message-properties.js'

const most = 'x'.repeat(65_535)

/** The two checks of MQTT 5 properties: the codec, and our own check for the device SDK. */
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
  ] satisfies MessageProperties[])('accepts valid MQTT 5 properties (%#)', (properties: MessageProperties) => {
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
  ])('refuses an invalid value of %s (%#)', (name, value) => {
    expect(() => judge({ [name]: value } as MessageProperties)).toThrow()
  })
})

describe('chosenProperties', () => {
  it('selects the MQTT 5 properties from other options', () => {
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

  it('is sent as a user property, which the receiver removes', () => {
    const received = receivedProperties({ ...properties, userProperties: withMessageId(properties) })
    expect(received.id).toMatch(/^[\da-f-]{36}$/u)
    expect(received.properties).toEqual(properties)
  })

  it('is optional for other publishers', () => {
    expect(receivedProperties(properties)).toEqual({ properties })
    expect(receivedProperties({})).toEqual({ properties: {} })
  })
})
