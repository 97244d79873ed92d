import { connect } from '@topic-credentials/client'
import { topic } from '../topic.js'
import type { Subscribe } from './subscriber.js'

/** Our client without the device SDK. */
export const subscribe: Subscribe = async ({ target, credentials, received, connected }) => {
  const session = await connect({ credentials, ca: target.ca, connectIntervalMs: 100, transport: 'websocket' })
  await session.subscribe(topic, { onMessage: (message) => received(message.text()) }).ready
  session.on('connected', connected)
  return session.clientId
}
