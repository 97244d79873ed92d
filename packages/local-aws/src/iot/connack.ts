import type { Packet } from 'mqtt-packet'
import type { Agreement } from './connect.js'
import type { Limits } from './limits.js'

/**
 * The CONNACK of a connection that was accepted. MQTT 5 clients learn what AWS IoT Core does and how much of it.
 * https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html (MQTT 5 supported features)
 */
export function connackFor(agreement: Agreement, sessionPresent: boolean, limits: Limits): Packet {
  if (agreement.version !== 5) return { cmd: 'connack', returnCode: 0, sessionPresent }
  return {
    cmd: 'connack',
    reasonCode: 0,
    sessionPresent,
    properties: {
      sessionExpiryInterval: agreement.sessionExpirySeconds,
      receiveMaximum: limits.receiveMaximum,
      maximumQoS: 1,
      retainAvailable: true,
      maximumPacketSize: limits.packetBytes,
      ...(agreement.assigned ? { assignedClientIdentifier: agreement.clientId } : {}),
      topicAliasMaximum: limits.topicAliasMaximum,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: true,
      serverKeepAlive: agreement.keepAliveSeconds,
    },
  }
}
