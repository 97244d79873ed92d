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
export const connectionRateExceeded = 0x9f

/** The broker closed the connection because of it, without a reason. */
export const endedWithoutReason = 0x100
/** The broker did not respond in time, on two connections. */
export const unanswered = 0x101

/** MQTT 5 §2.4, table 2-6. */
const words: Readonly<Record<number, string>> = {
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'implementation specific error',
  132: 'unsupported protocol version',
  133: 'client identifier not valid',
  134: 'bad user name or password',
  135: 'not authorized',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  139: 'server shutting down',
  140: 'bad authentication method',
  141: 'keep alive timeout',
  142: 'session taken over',
  143: 'topic filter invalid',
  144: 'topic name invalid',
  145: 'packet identifier in use',
  146: 'packet identifier not found',
  147: 'receive maximum exceeded',
  148: 'topic alias invalid',
  149: 'packet too large',
  150: 'message rate too high',
  151: 'quota exceeded',
  152: 'administrative action',
  153: 'payload format invalid',
  154: 'retain not supported',
  155: 'QoS not supported',
  156: 'use another server',
  157: 'server moved',
  158: 'shared subscriptions not supported',
  159: 'connection rate exceeded',
  160: 'maximum connect time',
  161: 'subscription identifiers not supported',
  162: 'wildcard subscriptions not supported',
  [endedWithoutReason]: 'the connection was closed, twice, without a reason',
  [unanswered]: 'no response, on two connections',
}

/** `topic name invalid (0x90)`. */
export function inWords(code: ReasonCode): string {
  if (code > 0xff) return words[code] ?? ''
  return `${words[code] ?? 'unknown reason'} (0x${code.toString(16).padStart(2, '0')})`
}

/** Codes of a DISCONNECT that concern the connection or the server, and not an operation. MQTT 5 §3.14.2.1 */
const ofTheConnection: ReadonlySet<number> = new Set([0x00, 0x88, 0x89, 0x8b, 0x8d, 0x8e, 0x98, 0x9c, 0x9d, 0x9f, 0xa0])

/** Whether a DISCONNECT with this code can be the response to an operation. */
export function isOverAnOperation(code: ReasonCode): boolean {
  return !ofTheConnection.has(code)
}
