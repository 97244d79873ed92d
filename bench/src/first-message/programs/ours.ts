// Our client, started with credentials; MQTT=3 for MQTT 3.1.1, TRANSPORT=websocket for no device SDK.
import { done, mark, target, topic } from './report.js'

const { connect } = await import('@topic-credentials/client')
mark('imported')
const identity = { ...target.identity, expiration: new Date(target.identity.expiration) }
const credentials = Object.assign(async () => identity, {
  invalidate: () => {},
  ask: async () => identity,
  refresh: async () => identity,
  close: () => {},
})
const session = await connect({
  credentials,
  ca: target.ca,
  clientIdSuffix: target.suffix,
  mqtt: process.env.MQTT === '3' ? 3 : 5,
  transport: process.env.TRANSPORT === 'websocket' ? 'websocket' : 'device-sdk',
})
mark('connack')
await session.subscribe(topic, { onMessage: done }).ready
mark('suback')
await session.publish(topic, 'hello')
