/** What the broker said to one filter of a SUBSCRIBE, or to one PUBLISH: a reason code of MQTT 5, 0x80 and above is a no. */
export type ReasonCode = number

/** Subscribe and publish answers from here on are refusals (MQTT 5 §2.4, MQTT 3.1.1 §3.9.3). */
export const firstRefusal = 0x80
export const notAuthorized = 0x87
export const quotaExceeded = 0x97
export const sessionTakenOver = 0x8e
