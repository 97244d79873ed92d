import type { Limits } from '../access/limits.js'
import type { Agreement } from '../broker/client.js'
import type { ServerPacket } from '../mqtt/packet.js'

/**
 * The CONNACK of an accepted connection. It informs MQTT 5 clients about AWS IoT Core's features and limits.
 * https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html (MQTT 5 supported features)
 */
export function connackFor(agreement: Agreement, sessionPresent: boolean, limits: Limits): ServerPacket {
  return {
    type: 'connack',
    reasonCode: 0,
    sessionPresent,
    properties: {
      sessionExpiryInterval: agreement.sessionExpirySeconds,
      receiveMaximum: limits.receiveMaximum,
      maximumQos: 1,
      retainAvailable: 1,
      maximumPacketSize: limits.packetBytes,
      ...(agreement.assigned && { assignedClientIdentifier: agreement.clientId }),
      topicAliasMaximum: limits.topicAliasMaximum,
      wildcardSubscriptionAvailable: 1,
      subscriptionIdentifiersAvailable: 0,
      sharedSubscriptionAvailable: 1,
      serverKeepAlive: agreement.keepAliveSeconds,
    },
  }
}

/** A refusing CONNACK: with a reason code for MQTT 5, with a return code for MQTT 3.1.1, which has none for some refusals. */
export function refusalOf(version: 4 | 5, reasonCode: number, returnCode?: number): ServerPacket | undefined {
  const code = version === 5 ? reasonCode : returnCode
  return code === undefined ? undefined : { type: 'connack', reasonCode: code, sessionPresent: false }
}
