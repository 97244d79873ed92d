import type { MqttConnection } from './connection.js'
import type { Plane } from './plane.js'

/**
 * What AWS tells about clients on `$aws/events/…`, to whoever may subscribe there.
 * https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 */
export class Lifecycle {
  readonly #plane: () => Plane

  constructor(plane: () => Plane) {
    this.#plane = plane
  }

  connected(connection: MqttConnection): void {
    const { versionNumber, sourceIp } = connection
    this.#publish(connection, 'presence/connected', { ipAddress: sourceIp, versionNumber })
  }

  disconnected(connection: MqttConnection): void {
    const { versionNumber, ended = 'CONNECTION_LOST' } = connection
    const clientInitiatedDisconnect = ended === 'CLIENT_INITIATED_DISCONNECT'
    this.#publish(connection, 'presence/disconnected', {
      clientInitiatedDisconnect,
      disconnectReason: ended,
      versionNumber,
    })
  }

  connectFailed(connection: MqttConnection): void {
    this.#publish(connection, 'presence/connect_failed', { connectFailureReason: 'AUTHORIZATION_FAILED' })
  }

  subscribed(connection: MqttConnection, topics: readonly string[]): void {
    this.#publish(connection, 'subscriptions/subscribed', { topics })
  }

  unsubscribed(connection: MqttConnection, topics: readonly string[]): void {
    this.#publish(connection, 'subscriptions/unsubscribed', { topics })
  }

  #publish({ clientId, identity, identifier }: MqttConnection, event: string, facts: Record<string, unknown>): void {
    if (/[+#]/.test(clientId)) return // such client IDs get no events
    const { broker, clock } = this.#plane()
    const message = {
      clientId,
      timestamp: clock.now(),
      eventType: event.slice(event.indexOf('/') + 1),
      sessionIdentifier: identifier,
      principalIdentifier: identity.principal.userId,
      ...facts,
    }
    broker.publish({ topic: `$aws/events/${event}/${clientId}`, payload: Buffer.from(JSON.stringify(message)), qos: 1 })
  }
}
