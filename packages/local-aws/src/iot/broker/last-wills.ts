import type { Clock } from '../../clock.js'
import type { Requester } from '../access/authorization.js'
import { type Judges, maySendWill } from '../access/delivery-rights.js'
import type { Will } from '../mqtt/packet.js'
import type { Message } from './message.js'
import type { Router } from './router.js'

interface PendingWill {
  /** Milliseconds since the epoch. */
  readonly dueAt: number
  readonly requester: Requester
  readonly will: Will
}

/** Last wills of ended connections until they are due, by client ID. */
export class LastWills {
  readonly #judges: Judges
  readonly #router: Router
  readonly #clock: Clock
  readonly #pending = new Map<string, PendingWill>()

  constructor(judges: Judges, router: Router, clock: Clock) {
    this.#judges = judges
    this.#router = router
    this.#clock = clock
  }

  /** Published after the Will Delay Interval or when the session ends, whichever is first [MQTT-3.1.3-9]. */
  schedule(clientId: string, requester: Requester, will: Will, sessionExpirySeconds: number): void {
    const delay = Math.min(will.properties.willDelayInterval ?? 0, sessionExpirySeconds)
    this.#pending.set(clientId, { dueAt: this.#clock.now() + delay * 1000, requester, will })
    if (delay === 0) this.send(clientId)
  }

  /** Cancels it: the client reconnected in time. */
  cancel(clientId: string): void {
    this.#pending.delete(clientId)
  }

  /** Publishes it now, if there is one. */
  send(clientId: string): void {
    const pending = this.#pending.get(clientId)
    if (pending === undefined) return
    this.#pending.delete(clientId)
    const { requester, will } = pending
    if (maySendWill(this.#judges, requester, will.topic, will.retain)) this.#router.publish(this.#message(will))
  }

  sweep(now: number): void {
    for (const [clientId, { dueAt }] of this.#pending) if (now >= dueAt) this.send(clientId)
  }

  /** The delay is a property of the will and not of the PUBLISH (§3.3.2.3). */
  #message({ topic, payload, qos, retain, properties }: Will): Message {
    const { willDelayInterval: _, ...carried } = properties
    return { topic, payload, qos: qos > 0 ? 1 : 0, retain, properties: carried, receivedAt: this.#clock.now() }
  }
}
