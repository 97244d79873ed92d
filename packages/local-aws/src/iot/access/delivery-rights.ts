import type { Authorization, Requester, Ruling } from './authorization.js'
import type { Recorder } from './recorder.js'
import type { Switches } from './switches.js'
import { parseShared } from './topic.js'

/** The services used to check permissions and to record refusals. */
export interface Judges {
  readonly authorization: Authorization
  readonly recorder: Recorder
  readonly switches: Switches
}

/**
 * Checks iot:Receive for every delivery.
 * @param share The filter of the shared subscription that delivers the message, if any.
 */
export function mayReceive(judges: Judges, requester: Requester, topic: string, share?: string): boolean {
  const { authorization, recorder, switches } = judges
  let refused: Ruling | undefined
  for (const name of share === undefined ? [topic] : sharedNames(topic, share, switches.sharedReceiveResource)) {
    const ruling = authorization.decide(requester, 'Receive', name)
    if (ruling.allowed) return true
    refused ??= ruling
  }
  if (refused !== undefined) recorder.denied('Receive', requester, refused, { topic })
  return false
}

/** The names on which iot:Receive is checked for a shared subscription: one of them is sufficient. */
function sharedNames(topic: string, share: string, form: Switches['sharedReceiveResource']): string[] {
  const inGroup = `$share/${parseShared(share)?.group}/${topic}`
  return form === 'either' ? [topic, inGroup] : [form === 'topic' ? topic : inGroup]
}

/** A last will is checked again when it is published; everything else was checked when it arrived. */
export function maySendWill(judges: Judges, requester: Requester, topic: string, retain: boolean): boolean {
  const { authorization, recorder } = judges
  for (const action of retain ? (['Publish', 'RetainPublish'] as const) : (['Publish'] as const)) {
    const ruling = authorization.decide(requester, action, topic)
    if (ruling.allowed) continue
    recorder.denied('LastWill', requester, ruling, { topic })
    return false
  }
  return true
}
