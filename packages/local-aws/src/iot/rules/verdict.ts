import type { DisconnectReason } from '../broker/client.js'
import type { ServerPacket } from '../mqtt/packet.js'

/** What becomes of a packet that a client sent, after the rule has done what it does. */
export type Verdict =
  | { readonly kind: 'answer'; readonly packet: ServerPacket }
  /** Nothing is sent, or the rule has sent it. */
  | { readonly kind: 'done' }
  /** The connection ends: `answer` first if there is one, then for MQTT 5 a DISCONNECT with `code` unless the answer is a CONNACK. */
  | {
      readonly kind: 'end'
      readonly reason: DisconnectReason
      readonly code: number | undefined
      readonly answer: ServerPacket | undefined
    }

export const done: Verdict = { kind: 'done' }

export function answer(packet: ServerPacket): Verdict {
  return { kind: 'answer', packet }
}

export function end(reason: DisconnectReason, code?: number, answer?: ServerPacket): Verdict {
  return { kind: 'end', reason, code, answer }
}
