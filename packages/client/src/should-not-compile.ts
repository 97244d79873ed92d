/** Compiled, never run: each line below an `@ts-expect-error` must be an error, or the build fails. */
import type { NotGrantedError } from './errors.js'
import type { StandardSchema } from './messages/message.js'
import type { Subscription } from './messages/subscription.js'
import type { Session } from './session.js'

export async function misuse(session: Session, atRunTime: string): Promise<void> {
  await session.publish('devices/1/state', 'on')
  await session.publish(atRunTime, 'on')
  // @ts-expect-error a message has one topic
  await session.publish('devices/+/state', 'on')
  // @ts-expect-error a message has one topic
  await session.publish('devices/#', 'on')
  // @ts-expect-error a topic has at least one character
  await session.publish('', 'on')
  // @ts-expect-error AWS IoT has no QoS 2
  await session.publish('devices/1/state', 'on', { qos: 2 })

  session.subscribe('devices/+/state')
  session.subscribe('devices/#')
  session.subscribe('#')
  session.subscribe(`users/${atRunTime}/#`)
  // @ts-expect-error # is the last level
  session.subscribe('#/devices')
  // @ts-expect-error # is a whole level
  session.subscribe('devices#')
  // @ts-expect-error + is a whole level
  session.subscribe('devices/a+/state')
  // @ts-expect-error a filter has at least one character
  session.subscribe('')

  // @ts-expect-error a program cannot change the grants
  session.grants.publish.push('other')
  // @ts-expect-error a program cannot set the state
  session.state = 'connected'
}

export async function untyped(messages: Subscription, schema: StandardSchema<{ celsius: number }>): Promise<number> {
  for await (const message of messages) {
    // @ts-expect-error JSON is `unknown` without a schema
    const guess: number = await message.json()
    return (await message.json(schema)).celsius + guess
  }
  return 0
}

export function codes(error: NotGrantedError): boolean {
  // @ts-expect-error this class has only one code
  return error.code === 'timed_out'
}
