import type { Clock } from '../../clock.js'
import { noProperties } from '../mqtt/properties.js'
import type { Client } from './client.js'
import type { Router } from './router.js'

/**
 * The events about clients that AWS publishes on `$aws/events/…`, for all clients that may subscribe there.
 * https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 */
export class LifecycleEvents {
  readonly #router: Router
  readonly #clock: Clock

  constructor(router: Router, clock: Clock) {
    this.#router = router
    this.#clock = clock
  }

  connected(client: Client, versionNumber: number): void {
    this.#publish(client, 'presence/connected', { ipAddress: client.requester.sourceIp, versionNumber })
  }

  disconnected(client: Client, versionNumber: number): void {
    const { ended = 'CONNECTION_LOST' } = client
    const clientInitiatedDisconnect = ended === 'CLIENT_INITIATED_DISCONNECT'
    const facts = { clientInitiatedDisconnect, disconnectReason: ended, versionNumber }
    this.#publish(client, 'presence/disconnected', facts)
  }

  connectFailed(client: Client): void {
    this.#publish(client, 'presence/connect_failed', { connectFailureReason: 'AUTHORIZATION_FAILED' })
  }

  subscribed(client: Client, topics: readonly string[]): void {
    this.#publish(client, 'subscriptions/subscribed', { topics })
  }

  unsubscribed(client: Client, topics: readonly string[]): void {
    this.#publish(client, 'subscriptions/unsubscribed', { topics })
  }

  #publish({ clientId, requester, identifier }: Client, event: string, facts: Record<string, unknown>): void {
    if (/[+#]/u.test(clientId)) return // such client IDs get no events
    const now = this.#clock.now()
    const message = {
      clientId,
      timestamp: now,
      eventType: event.slice(event.indexOf('/') + 1),
      sessionIdentifier: identifier,
      principalIdentifier: requester.identity.principal.userId,
      ...facts,
    }
    const topic = `$aws/events/${event}/${clientId}`
    const payload = Buffer.from(JSON.stringify(message))
    this.#router.publish({
      topic,
      payload,
      qos: 1,
      retain: false,
      properties: noProperties,
      from: 'AWS IoT',
      receivedAt: now,
    })
  }
}
