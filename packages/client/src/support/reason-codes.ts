/**
 * The broker's result for one filter of a SUBSCRIBE, or for one PUBLISH: a reason code of MQTT 5; 0x80 and above is a refusal. Two
 * additional values represent results without a code.
 */
export type ReasonCode = number

/** Results of subscribe and publish from here on are refusals (MQTT 5 §2.4, MQTT 3.1.1 §3.9.3). */
export const firstRefusal = 0x80
export const notAuthorized = 0x87
export const sessionTakenOver = 0x8e
export const quotaExceeded = 0x97
const connectionRateExceeded = 0x9f

/** The broker closed the connection because of it, without a reason. */
export const endedWithoutReason = 0x100
/** The broker did not respond in time, on two connections. */
export const unanswered = 0x101

/** `0x87` */
export function inHex(code: ReasonCode): string {
  return `0x${code.toString(16).padStart(2, '0')}`
}

/** Whether a quota was used up, which suggests many other clients. */
export function isThrottle(code: ReasonCode): boolean {
  return code === quotaExceeded || code === connectionRateExceeded
}

/** Codes of a DISCONNECT that concern the connection or the server, and not an operation. MQTT 5 §3.14.2.1 */
const ofTheConnection: ReadonlySet<number> = new Set([0x00, 0x88, 0x89, 0x8b, 0x8d, 0x8e, 0x98, 0x9c, 0x9d, 0x9f, 0xa0])

/** Whether a DISCONNECT with this code can be the response to an operation. */
export function isOverAnOperation(code: ReasonCode): boolean {
  return !ofTheConnection.has(code)
}
