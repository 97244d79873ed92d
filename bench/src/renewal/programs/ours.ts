import { connect } from '@topic-credentials/client'
import { topic } from '../topic.js'
import type { Subscribe } from './subscriber.js'

/** Our client: it subscribes once. */
export const subscribe: Subscribe = async ({ target, credentials, received, connected }) => {
  // Real renewals are an hour apart, here a second or two: with a shorter interval, a connection counts as stable sooner and delays do not grow.
  const session = await connect({ credentials, ca: target.ca, connectIntervalMs: 100 })
  await session.subscribe(topic, { onMessage: (message) => received(message.text()) }).ready
  session.on('connected', connected)
  return session.clientId
}
