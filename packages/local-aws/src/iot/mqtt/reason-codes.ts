/**
 * MQTT 5 reason codes (§2.4) that AWS lists for CONNACK, PUBACK, SUBACK, UNSUBACK and DISCONNECT.
 * https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html (MQTT 5 reason codes)
 */
export const reasonCodes = {
  success: 0x00,
  disconnectWithWill: 0x04,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  clientIdNotValid: 0x85,
  notAuthorized: 0x87,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  qosNotSupported: 0x9b,
  subscriptionIdsNotSupported: 0xa1,
} as const

/** MQTT 3.1.1 return codes of CONNACK (§3.2.2.3) and the failure code of its SUBACK (§3.9.3). */
export const returnCodes = {
  accepted: 0,
  protocolVersion: 1,
  identifierRejected: 2,
  notAuthorized: 5,
  subscribeFailed: 0x80,
} as const
