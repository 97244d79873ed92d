import { connect } from '@topic-credentials/client'
import { topic } from '../topic.js'
import type { Subscribe } from './subscriber.js'

/** Ours: says once what it wants to receive. */
export const subscribe: Subscribe = async ({ target, credentials, received, connected }) => {
  // Renewals are an hour apart, here a second or two: a connection counts as a good one sooner, so that pauses do not grow.
  const session = await connect({ credentials, ca: target.ca, connectIntervalMs: 100 })
  await session.subscribe(topic, { onMessage: (message) => received(message.text()) }).ready
  session.on('connected', connected)
  return session.clientId
}
